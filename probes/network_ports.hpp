// How many of the ports that outgoing connections are given are in use, and by whom?
#pragma once

#include "probes/facts.hpp"

namespace rdpmedic::network {

// Windows refuses a smaller range.
// https://learn.microsoft.com/troubleshoot/windows-server/networking/default-dynamic-port-range-tcpip-chang
constexpr std::uint32_t smallest_dynamic_range = 255;

struct PortUse {
    std::uint32_t used = 0;      // different local ports within the range, of the address family that uses more
    std::uint32_t available = 0; // size of the range
    std::uint32_t waiting = 0;   // connections in TIME_WAIT among them, which belong to no process any more
    std::uint32_t top_process = 0, top_connections = 0; // the process with most connections; 0 where there is none
};

// A port counts once, however many connections share it: all that came in have the listener's. MEM: sockets that are
// bound and not connected are not in the list of connections, so this is the least that is in use.
PortUse port_use(const std::vector<TcpConnection>& connections, PortRange range);

} // namespace rdpmedic::network
