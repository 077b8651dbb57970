// Who is a security identifier, as text and as bytes?
#include "probes/formats/sid.hpp"

#include "probes/formats/digest.hpp"

#include <charconv>

namespace rdpmedic {
namespace {

// Revision, number of sub-authorities, six bytes of authority (big-endian), then four bytes each (little-endian).
constexpr std::size_t header_size = 8;
constexpr std::uint8_t revision = 1;
constexpr std::size_t most_sub_authorities = 15;

std::uint32_t little_endian(std::span<const std::uint8_t> bytes, std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at]) | static_cast<std::uint32_t>(bytes[at + 1]) << 8 |
           static_cast<std::uint32_t>(bytes[at + 2]) << 16 | static_cast<std::uint32_t>(bytes[at + 3]) << 24;
}

template <class Number>
bool read_number(std::string_view text, int base, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    return error == std::errc{} && end == text.data() + text.size();
}

// Authorities of 2^32 and more are written in hex: the rule of ConvertSidToStringSid.
// https://learn.microsoft.com/windows/win32/secauthz/sid-components
std::string authority_text(std::uint64_t authority) {
    if (authority < (1ULL << 32))
        return std::to_string(authority);
    std::string text = "0x";
    for (int shift = 44; shift >= 0; shift -= 4)
        text += "0123456789ABCDEF"[authority >> shift & 15];
    return text;
}

bool read_authority(std::string_view text, std::uint64_t& authority) {
    const bool hex = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    return read_number(hex ? text.substr(2) : text, hex ? 16 : 10, authority) && authority < (1ULL << 48);
}

} // namespace

std::size_t sid_size(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < header_size || bytes[0] != revision || bytes[1] > most_sub_authorities)
        return 0;
    const std::size_t size = header_size + std::size_t{4} * bytes[1];
    return size <= bytes.size() ? size : 0;
}

Result<std::string> sid_from_bytes(std::span<const std::uint8_t> bytes) {
    const std::size_t size = sid_size(bytes);
    if (size == 0)
        return Error{Errc::malformed, 0, "security identifier"};
    std::uint64_t authority = 0;
    for (std::size_t i = 2; i < header_size; ++i)
        authority = authority << 8 | bytes[i];
    std::string text = "S-1-" + authority_text(authority);
    for (std::size_t at = header_size; at < size; at += 4)
        text += "-" + std::to_string(little_endian(bytes, at));
    return text;
}

Result<Bytes> sid_to_bytes(std::string_view text) {
    const Error malformed{Errc::malformed, 0, "security identifier '" + std::string(text) + "'"};
    if (text.size() < 5 || (text[0] != 'S' && text[0] != 's') || text.substr(1, 3) != "-1-")
        return malformed;
    Bytes bytes{revision, 0};
    for (std::size_t begin = 4; begin <= text.size();) {
        const std::size_t end = std::min(text.find('-', begin), text.size());
        const std::string_view part = text.substr(begin, end - begin);
        if (bytes.size() == 2) {
            std::uint64_t authority = 0;
            if (!read_authority(part, authority))
                return malformed;
            for (int shift = 40; shift >= 0; shift -= 8)
                bytes.push_back(static_cast<std::uint8_t>(authority >> shift));
        } else {
            std::uint32_t value = 0;
            if (bytes[1] == most_sub_authorities || !read_number(part, 10, value))
                return malformed;
            for (int shift = 0; shift < 32; shift += 8)
                bytes.push_back(static_cast<std::uint8_t>(value >> shift));
            ++bytes[1];
        }
        begin = end + 1;
    }
    return bytes;
}

std::string service_sid(std::string_view service_name) {
    // SHA-1 over the upper-case name in UTF-16LE; service names are ASCII.
    Bytes name;
    for (const char c : service_name) {
        name.push_back(static_cast<std::uint8_t>(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c));
        name.push_back(0);
    }
    const Bytes digest = sha1(name);
    std::string text = "S-1-5-80";
    for (std::size_t at = 0; at < digest.size(); at += 4)
        text += "-" + std::to_string(little_endian(digest, at));
    return text;
}

} // namespace rdpmedic
