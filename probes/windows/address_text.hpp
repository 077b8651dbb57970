// How is a socket address written as the facts write it, and read back?
#pragma once

#include "probes/result.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/socket_owner.hpp"

#include <ws2tcpip.h>

namespace rdpmedic::windows {

// "192.0.2.10", "2001:db8::1", "fe80::1%12". Empty where it is neither IPv4 nor IPv6.
inline std::string address_text(const SOCKET_ADDRESS& address) {
    if (!address.lpSockaddr)
        return {};
    if (address.lpSockaddr->sa_family == AF_INET)
        return ipv4_text(&reinterpret_cast<const sockaddr_in*>(address.lpSockaddr)->sin_addr);
    if (address.lpSockaddr->sa_family != AF_INET6)
        return {};
    const auto& v6 = *reinterpret_cast<const sockaddr_in6*>(address.lpSockaddr);
    return ipv6_text(v6.sin6_addr.s6_addr, v6.sin6_scope_id);
}

// The inverse, with the number of the link after '%'. The port is 0. What is no address is malformed.
Result<SOCKADDR_INET> socket_address(std::string_view text);

} // namespace rdpmedic::windows
