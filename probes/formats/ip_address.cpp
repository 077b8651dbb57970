// Which address does a text name, and who can be reached by it?
#include "probes/formats/ip_address.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <string>

namespace rdpmedic {

bool IpAddress::is_unspecified() const noexcept {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_loopback() const noexcept {
    if (is_v4())
        return bytes[0] == 127;
    return std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; }) &&
           bytes.back() == 1;
}

bool IpAddress::is_link_local() const noexcept {
    if (is_v4())
        return bytes[0] == 169 && bytes[1] == 254;
    return bytes[0] == 0xFE && (bytes[1] & 0xC0U) == 0x80U;
}

bool IpAddress::is_private() const noexcept {
    if (!is_v4())
        return (bytes[0] & 0xFEU) == 0xFCU;
    return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xF0U) == 16) || (bytes[0] == 192 && bytes[1] == 168) ||
           (bytes[0] == 100 && (bytes[1] & 0xC0U) == 64);
}

namespace {

// Windows also reads "1.2.3", "0x7f.1.1.1" and "010.1.1.1" as addresses, other systems do not.
bool is_plain_v4(const std::string& text) {
    const bool digits = text.find_first_not_of("0123456789.") == std::string::npos;
    bool leading_zero = text.size() > 1 && text[0] == '0' && text[1] != '.';
    for (std::size_t i = 2; i < text.size(); ++i)
        leading_zero = leading_zero || (text[i - 2] == '.' && text[i - 1] == '0' && text[i] != '.');
    return digits && !leading_zero && std::count(text.begin(), text.end(), '.') == 3;
}

// And "[::1]:80" and "1.2.3.4:80", with a port. In an IPv6 address the dotted end comes after the colons.
bool is_plain_v6(const std::string& text) {
    return text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos && text.find('.') >= text.find(':');
}

} // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
    const std::string plain(text.substr(0, text.find('%')));
    // The longest address has 45 characters, and what has a NUL inside would end there for the C library.
    if (plain.size() > 45 || plain.find('\0') != plain.npos)
        return std::nullopt;
    const bool v6 = plain.find(':') != plain.npos;
    if (v6 ? !is_plain_v6(plain) : !is_plain_v4(plain))
        return std::nullopt;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(plain, error);
    if (error)
        return std::nullopt;
    const auto collect = [](const auto& bytes) { return IpAddress{{bytes.begin(), bytes.end()}}; };
    if (address.is_v4())
        return collect(address.to_v4().to_bytes());
    if (address.to_v6().is_v4_mapped())
        return collect(boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_bytes());
    return collect(address.to_v6().to_bytes());
}

bool is_loopback(std::string_view text) {
    const auto address = parse_ip_address(text);
    return address && address->is_loopback();
}

} // namespace rdpmedic
