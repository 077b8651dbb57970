// Which certificate of http.sys is the gateway's?
#pragma once

#include "probes/facts.hpp"

#include <string_view>

namespace rdpmedic::gateway {

// https://learn.microsoft.com/windows/win32/termserv/setcertificate-win32-tsgatewayserversettings
inline constexpr std::uint16_t gateway_port = 443;

// The binding of port 443 for every address, or else the first of any address; null: there is none. The gateway can be
// bound to one address, and IIS serves other sites beside it.
inline const HttpsBinding* gateway_binding(const std::vector<HttpsBinding>& bindings) {
    const HttpsBinding* found = nullptr;
    for (const HttpsBinding& binding : bindings) {
        if (binding.port != gateway_port)
            continue;
        if (binding.address == "0.0.0.0")
            return &binding;
        if (!found)
            found = &binding;
    }
    return found;
}

// Where to connect to for a binding. DERIVED: "any address" is reached through loopback, as with every socket.
inline std::string reachable(std::string_view address) {
    if (address == "0.0.0.0")
        return "127.0.0.1";
    return address == "::" ? "::1" : std::string(address);
}

} // namespace rdpmedic::gateway
