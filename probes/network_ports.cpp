// How many of the ports that outgoing connections are given are in use, and by whom?
#include "probes/network_ports.hpp"

#include <bitset>
#include <memory>

namespace rdpmedic::network {

PortUse port_use(const std::vector<TcpConnection>& connections, PortRange range) {
    PortUse use;
    use.available = range.last < range.first ? 0U : range.last - range.first + 1U;
    const auto v4 = std::make_unique<std::bitset<65536>>(), v6 = std::make_unique<std::bitset<65536>>();
    std::map<std::uint32_t, std::uint32_t> by_process;
    for (const TcpConnection& connection : connections) {
        if (connection.local_port < range.first || connection.local_port > range.last)
            continue;
        (connection.local_address.find(':') == std::string::npos ? *v4 : *v6).set(connection.local_port);
        if (connection.state == TcpState::time_wait)
            ++use.waiting;
        else if (connection.process_id != 0)
            ++by_process[connection.process_id];
    }
    use.used = static_cast<std::uint32_t>(std::max(v4->count(), v6->count()));
    for (const auto& [process, count] : by_process)
        if (count > use.top_connections) {
            use.top_process = process;
            use.top_connections = count;
        }
    return use;
}

} // namespace rdpmedic::network
