// What does the probe network find on a host, look for look?
#pragma once

#include "probes/network.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing::networks {

using Lines = std::vector<std::string>;

class Notes : public Notebook {
  public:
    std::optional<std::string> recall(std::string_view name) const override {
        const auto found = pages.find(std::string(name));
        return found == pages.end() ? std::nullopt : std::optional<std::string>(found->second);
    }
    void remember(std::string_view name, std::string text) override { pages[std::string(name)] = std::move(text); }
    std::map<std::string, std::string> pages;
};

inline const RegistryPath first_adapter{
    R"(SYSTEM\CurrentControlSet\Control\Class\{4D36E972-E325-11CE-BFC1-08002bE10318}\0001)"};

inline AdapterFacts ethernet() {
    AdapterFacts adapter;
    adapter.id = "{11111111-2222-3333-4444-555555555555}";
    adapter.name = "Ethernet";
    adapter.description = "Microsoft Hyper-V Network Adapter";
    adapter.type = 6;
    adapter.up = adapter.connected = adapter.hardware = true;
    adapter.mtu = 1500;
    adapter.packets_in = 50'000;
    adapter.packets_out = 50'000;
    adapter.addresses = {"192.0.2.10", "fe80::1%4"};
    adapter.gateways = {"192.0.2.1"};
    return adapter;
}

inline AdapterFacts loopback() {
    AdapterFacts adapter;
    adapter.id = "{00000000-0000-0000-0000-000000000000}";
    adapter.name = "Loopback Pseudo-Interface 1";
    adapter.type = network::type_loopback;
    adapter.up = adapter.connected = true;
    adapter.mtu = 0xFFFFFFFF;
    adapter.addresses = {"127.0.0.1", "::1"};
    return adapter;
}

inline EchoFacts echoed(std::uint32_t answered, std::chrono::milliseconds average = std::chrono::milliseconds{1}) {
    return {"192.0.2.1", 4, answered, average, average};
}

inline TcpStatistics segments(std::uint64_t sent, std::uint64_t again) {
    TcpStatistics statistics;
    statistics.v4.segments_sent = sent;
    statistics.v4.segments_retransmitted = again;
    return statistics;
}

// A member server in its domain's network.
struct World {
    FakeHost host;
    Notes notes;
    JudgeContext context;
    AdapterFacts adapter = ethernet();

    World() {
        context.now = host.time;
        context.notes = &notes;
        host.give("tcp_statistics", segments(1'000'000, 40'000)); // four percent since the start, long ago
        host.give("tcp_connections", std::vector<TcpConnection>{});
        host.give("echo 192.0.2.1", echoed(4));
        host.give("network_profiles",
                  std::vector<NetworkProfile>{{adapter.id, "example.local", NetworkCategory::domain}});
        host.give("domain_membership", DomainMembership{true, "EXAMPLE"});
        host.give("active_firewall_profiles", FirewallProfiles{true, false, false});
        host.give("power", PowerFacts{});
    }

    inline std::vector<Finding> findings() {
        host.give("adapters", std::vector<AdapterFacts>{loopback(), adapter});
        return network::probe({}).run(host, context).value();
    }
    inline Lines look() {
        Lines lines;
        for (const Finding& finding : findings())
            lines.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
        return lines;
    }
    inline Lines later(std::chrono::seconds time = std::chrono::minutes{5}) {
        context.now += time;
        return look();
    }
};

inline std::vector<TcpConnection> connections(std::uint16_t first, int count, TcpState state = TcpState::established,
                                              std::uint32_t process = 4242, const char* local = "192.0.2.10") {
    std::vector<TcpConnection> list;
    for (int i = 0; i < count; ++i)
        list.push_back({local, static_cast<std::uint16_t>(first + i), "198.51.100.1", 443, state, process});
    return list;
}

} // namespace rdpmedic::testing::networks
