// Which repairs are there? In the order in which they are named to people.
#include "agent/repair/repairs.hpp"

namespace rdpmedic {

std::vector<Repair> all_repairs() {
    return {cert_repair(),    termservice_repair(), listener_repair(),    firewall_repair(),
            tls_repair(),     sessions_repair(),    dns_repair(),         transport_repair(),
            network_repair(), winsock_repair(),     machinekeys_repair(), reboot_repair()};
}

} // namespace rdpmedic
