// What does a machine say about its network, whose one adapter has an address?
#pragma once

#include "probes/registry.hpp"
#include "tests/support/fake_host.hpp"

namespace rdpmedic::testing {

inline const RegistryPath adapter_key{
    R"(SYSTEM\CurrentControlSet\Control\Class\{4D36E972-E325-11CE-BFC1-08002bE10318}\0001)"};
inline const RegistryPath second_adapter_key{
    R"(SYSTEM\CurrentControlSet\Control\Class\{4D36E972-E325-11CE-BFC1-08002bE10318}\0002)"};

inline AdapterFacts dhcp_adapter(const std::string& name, char digit, std::vector<std::string> addresses) {
    AdapterFacts adapter;
    adapter.id = "{" + std::string(8, digit) + "-2222-3333-4444-555555555555}";
    adapter.name = name;
    adapter.type = 6;
    adapter.up = adapter.connected = adapter.hardware = adapter.dhcp = true;
    adapter.mtu = 1500;
    adapter.addresses = std::move(addresses);
    return adapter;
}

struct NetworkWorld : FakeHost {
    std::vector<AdapterFacts> list{dhcp_adapter("Ethernet", '1', {"192.0.2.10", "fe80::1%4"}),
                                   dhcp_adapter("Wi-Fi", '2', {"192.0.2.11"})};

    NetworkWorld() {
        list[1].up = list[1].connected = false;
        give("tcp_statistics", TcpStatistics{});
        give("tcp_connections", std::vector<TcpConnection>{});
        give("domain_membership", DomainMembership{false, "WORKGROUP"});
        give("power", PowerFacts{});
        set_text(adapter_key, "NetCfgInstanceId", list[0].id);
        set_text(second_adapter_key, "NetCfgInstanceId", list[1].id);
        write();
    }
    void write() { give("adapters", list); }
    // As Windows sets an adapter up that got no answer from a DHCP server.
    void lose_address(std::size_t adapter = 0) {
        list[adapter].up = list[adapter].connected = true;
        list[adapter].addresses = {"169.254.7.7", "fe80::1%4"};
        write();
    }
    void can_sleep() {
        PowerFacts power;
        power.standby = true;
        give("power", power);
    }
};

} // namespace rdpmedic::testing
