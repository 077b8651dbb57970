// What does a machine say about its network, whose one adapter has an address?
#pragma once

#include "probes/registry.hpp"
#include "tests/support/serving_host.hpp"

namespace rdpmedic::testing {

inline const RegistryPath adapter_key{
    R"(SYSTEM\CurrentControlSet\Control\Class\{4D36E972-E325-11CE-BFC1-08002bE10318}\0001)"};
inline const RegistryPath second_adapter_key{
    R"(SYSTEM\CurrentControlSet\Control\Class\{4D36E972-E325-11CE-BFC1-08002bE10318}\0002)"};

AdapterFacts dhcp_adapter(const std::string& name, char digit, std::vector<std::string> addresses);

struct NetworkWorld : ServingHost {
    std::vector<AdapterFacts> list{dhcp_adapter("Ethernet", '1', {"192.0.2.10", "fe80::1%4"}),
                                   dhcp_adapter("Wi-Fi", '2', {"192.0.2.11"})};

    NetworkWorld();
    ~NetworkWorld() override;
    void write();
    // As Windows sets an adapter up that got no answer from a DHCP server.
    void lose_address(std::size_t adapter = 0);
    void can_sleep();
};

} // namespace rdpmedic::testing
