// Which socket address does a text of the facts mean?
#include "probes/windows/address_text.hpp"

#include <charconv>

namespace rdpmedic::windows {

Result<SOCKADDR_INET> socket_address(std::string_view text) {
    const std::string plain(text.substr(0, text.find('%')));
    SOCKADDR_INET address{};
    if (::inet_pton(AF_INET, plain.c_str(), &address.Ipv4.sin_addr) == 1) {
        address.si_family = AF_INET;
        return address;
    }
    address = {};
    if (::inet_pton(AF_INET6, plain.c_str(), &address.Ipv6.sin6_addr) != 1)
        return Error{Errc::malformed, 0, "'" + std::string(text) + "', which is no IP address"};
    address.si_family = AF_INET6;
    if (plain.size() < text.size()) {
        const std::string_view link = text.substr(plain.size() + 1);
        const auto [end, error] = std::from_chars(link.data(), link.data() + link.size(), address.Ipv6.sin6_scope_id);
        if (error != std::errc{} || end != link.data() + link.size())
            return Error{Errc::malformed, 0, "'" + std::string(text) + "', whose link is no number"};
    }
    return address;
}

} // namespace rdpmedic::windows
