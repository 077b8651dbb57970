// At which address and port should the listener of this host be tried?
#pragma once

#include "probes/host.hpp"

namespace rdpmedic::handshake {

struct Target {
    Endpoint endpoint;
    std::string evidence; // why at this address; empty where it is 127.0.0.1 and the listener is not bound elsewhere
};

// The listener's own port, and an address at which it listens: a listener that is bound to one adapter (LanAdapter)
// refuses 127.0.0.1 and is well. `configured`, rdp.address, wins where it is not its default. Where the table of
// listeners cannot be read it is 127.0.0.1, and the evidence says so. An error: the port is not known. Blocks as Host
// does.
Result<Target> target_of(const Host& host, const std::string& configured);

// 127.0.0.1 for 0.0.0.0, ::1 for ::, else a bound address itself, one that is easy to reach before others. 127.0.0.1
// where there are none. Pure.
std::string address_to_try(const std::vector<TcpListener>& rows);

} // namespace rdpmedic::handshake
