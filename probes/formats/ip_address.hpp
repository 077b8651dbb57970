// Which address does a text name, and who can be reached by it?
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace rdpmedic {

// Two addresses are the same where their bytes are, however they were written.
struct IpAddress {
    std::vector<std::uint8_t> bytes; // 4 or 16, in the order of the network

    bool is_v4() const noexcept { return bytes.size() == 4; }
    bool is_unspecified() const noexcept;
    bool is_loopback() const noexcept;
    bool is_link_local() const noexcept; // 169.254.0.0/16, fe80::/10
    bool is_private() const noexcept;    // RFC 1918, RFC 6598, fc00::/7: not the address that the internet sees
    friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

// Empty where the text is no IP address. A zone index after '%' is left out, and an IPv4 address inside IPv6
// (::ffff:192.0.2.1) is that IPv4 address.
std::optional<IpAddress> parse_ip_address(std::string_view text);

// 127.0.0.0/8 or ::1; not where the text is no IP address.
bool is_loopback(std::string_view text);

} // namespace rdpmedic
