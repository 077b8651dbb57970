// What does a machine say about its network, whose one adapter has an address?
#include "tests/support/network_world.hpp"

#include <utility>

namespace rdpmedic::testing {

AdapterFacts dhcp_adapter(const std::string& name, char digit, std::vector<std::string> addresses) {
    AdapterFacts adapter;
    adapter.id = "{" + std::string(8, digit) + "-2222-3333-4444-555555555555}";
    adapter.name = name;
    adapter.type = 6;
    adapter.up = adapter.connected = adapter.hardware = adapter.dhcp = true;
    adapter.mtu = 1500;
    adapter.addresses = std::move(addresses);
    return adapter;
}

NetworkWorld::NetworkWorld() {
    list[1].up = list[1].connected = false;
    give("tcp_statistics", TcpStatistics{});
    give("tcp_connections", std::vector<TcpConnection>{});
    give("domain_membership", DomainMembership{false, "WORKGROUP"});
    give("power", PowerFacts{});
    set_text(adapter_key, "NetCfgInstanceId", list[0].id);
    set_text(second_adapter_key, "NetCfgInstanceId", list[1].id);
    write();
}

NetworkWorld::~NetworkWorld() = default;

void NetworkWorld::write() { give("adapters", list); }

void NetworkWorld::lose_address(std::size_t adapter) {
    list[adapter].up = list[adapter].connected = true;
    list[adapter].addresses = {"169.254.7.7", "fe80::1%4"};
    write();
}

void NetworkWorld::can_sleep() {
    PowerFacts power;
    power.standby = true;
    give("power", power);
}

} // namespace rdpmedic::testing
