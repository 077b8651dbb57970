// How are bytes written as hex, and read back?
#include "probes/hex.hpp"

namespace rdpmedic {
namespace {

int nibble(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

} // namespace

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 0x0f]);
    }
    return text;
}

Result<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0)
        return Error{Errc::malformed, 0, "hex with an odd number of digits"};
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = nibble(text[i]), low = nibble(text[i + 1]);
        if (high < 0 || low < 0)
            return Error{Errc::malformed, 0, "not a hex digit at " + std::to_string(i)};
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return bytes;
}

std::string clean_thumbprint(std::string_view text) {
    constexpr std::size_t sha1_digits = 40;
    std::string hex;
    for (const char c : text)
        if (nibble(c) >= 0)
            hex += c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c;
    return hex.size() == sha1_digits ? hex : std::string{};
}

} // namespace rdpmedic
