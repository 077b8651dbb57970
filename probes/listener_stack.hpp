// Does another product serve remote connections in place of RDP-Tcp?
#pragma once

#include "probes/registry.hpp"

namespace rdpmedic::listener {

// What Citrix, Azure Virtual Desktop and others leave in the listener's settings and among the session manager's
// listeners.
struct Stack {
    // CLSID of what speaks the protocol; Citrix keeps the one of Windows in a value of its own.
    Result<std::string> protocol_object = Error{Errc::unsupported, 0, "not read"};
    Result<std::string> citrix_backup = Error{Errc::unsupported, 0, "not read"};
    Result<std::uint32_t> reverse_connect = Error{Errc::unsupported, 0, "not read"}; // fReverseConnectMode
    Result<std::vector<Session>> sessions = Error{Errc::unsupported, 0, "not read"};
};

// Why another product may serve here, as evidence; empty where nothing that could be read says so. Pure.
std::string third_party(const Stack& stack);

// Reads three values of RDP-Tcp, and the sessions only where those say nothing. Blocks as Host does; what could not be
// read is an error inside.
Stack collect_stack(const Host& host);

} // namespace rdpmedic::listener
