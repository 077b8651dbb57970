// Is a network that loses packets found, and an ordinary one left alone?
#include "tests/probes/network_findings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::network;
using namespace rdpmedic::testing::networks;
using namespace std::chrono_literals;

TEST_CASE("an ordinary host has no network findings at the first look or a later one") {
    World world;
    CHECK(world.look() == Lines{});
    CHECK(world.later() == Lines{});
    world.context.notes = nullptr;
    CHECK(world.look() == Lines{});
}

TEST_CASE("segments that were sent again count as their share since the last look") {
    struct Row {
        const char* what;
        TcpStatistics now;
        std::chrono::seconds later;
        Lines expected;
    };
    const auto row =
        GENERATE(Row{"two percent", segments(1'010'000, 40'200), 5min, {}},
                 Row{"over two percent", segments(1'010'000, 40'201), 5min, {"network.retransmissions warning "}},
                 Row{"five percent", segments(1'010'000, 40'500), 5min, {"network.retransmissions warning "}},
                 Row{"over five percent", segments(1'010'000, 40'501), 5min, {"network.retransmissions critical "}},
                 Row{"everything", segments(1'001'000, 41'000), 5min, {"network.retransmissions critical "}},
                 Row{"too few segments", segments(1'000'999, 40'999), 5min, {}},
                 Row{"an hour later", segments(1'010'000, 41'000), 1h, {"network.retransmissions critical "}},
                 Row{"longer than an hour ago", segments(1'010'000, 41'000), 1h + 1s, {}},
                 Row{"the clock was set back", segments(1'010'000, 41'000), -5min, {}},
                 Row{"started anew", segments(20'000, 2'000), 5min, {}},
                 Row{"more sent again than before the start", segments(20'000, 41'000), 5min, {}});
    INFO(row.what);
    World world;
    CHECK(world.look() == Lines{});
    world.host.give("tcp_statistics", row.now);
    CHECK(world.later(row.later) == row.expected);
}

TEST_CASE("IPv4 and IPv6 are one network to TCP") {
    World world;
    world.look();
    TcpStatistics now = segments(1'010'000, 40'000);
    now.v6.segments_sent = 10'000;
    now.v6.segments_retransmitted = 600;
    world.host.give("tcp_statistics", now);
    world.context.now += 5min;
    const auto found = world.findings();
    REQUIRE(found.size() == 1);
    CHECK_THAT(found[0].text, Catch::StartsWith("3.0 %"));
    CHECK_THAT(found[0].evidence.at(0), Catch::Contains("20000 segments sent and 600 sent again"));
}

TEST_CASE("notes that nobody understands make a look the first") {
    const std::string text =
        GENERATE("", "{", "[]", "7", R"({"version":2})", R"({"version":1,"at":"x","traffic":{},"gateways":{}})",
                 R"({"version":1,"at":1,"traffic":{"a":[1]},"gateways":{}})",
                 R"({"version":1,"at":1,"segments":[1],"traffic":{},"gateways":{}})",
                 R"({"version":1,"at":1,"traffic":{},"gateways":{"192.0.2.1":{"looks":[[1]]}}})");
    World world;
    world.notes.pages["looks"] = text;
    CAPTURE(text);
    CHECK(world.look() == Lines{});
    CHECK(memory_from_text(world.notes.pages["looks"]).has_value());
}

TEST_CASE("what is remembered comes back as it was, and cut anywhere it is no memory") {
    Memory memory;
    memory.at = testing::FakeHost{}.time;
    memory.has_segments = true;
    memory.segments_sent = 0xFFFF'FFFF'FFFF'FFFF;
    memory.segments_retransmitted = 7;
    memory.traffic["{A}"] = {1, 2, 3};
    memory.traffic["\xFF"] = {1, 2, 3}; // a name that is no UTF-8 must not throw
    memory.gateways["192.0.2.1"] = {memory.at, {{memory.at - 5min, 4, 3}, {memory.at, 4, 4}}};
    memory.gateways["192.0.2.2"] = {};
    const std::string text = to_text(memory);
    memory.traffic.erase("\xFF");
    memory.traffic["\xEF\xBF\xBD"] = {1, 2, 3};
    CHECK(memory_from_text(text) == memory);
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_FALSE(memory_from_text(text.substr(0, size)).has_value());
}

TEST_CASE("errors and discards of an adapter count as their share since the last look") {
    struct Row {
        const char* what;
        std::uint64_t packets, errors_in, errors_out, discards_in, discards_out;
        Lines expected;
    };
    const auto row =
        GENERATE(Row{"none", 10'000, 0, 0, 0, 0, {}}, Row{"one percent", 9'900, 50, 50, 0, 0, {}},
                 Row{"over one percent", 9'898, 51, 51, 0, 0, {"network.interface_errors warning Ethernet"}},
                 Row{"discards", 9'898, 0, 0, 51, 51, {"network.interface_discards warning Ethernet"}},
                 Row{"too few packets", 899, 100, 0, 0, 0, {}},
                 Row{"enough packets", 900, 100, 0, 0, 0, {"network.interface_errors warning Ethernet"}});
    INFO(row.what);
    World world;
    world.adapter.errors_in = 90'000; // what was before the first look is past
    world.look();
    world.adapter.packets_in += row.packets;
    world.adapter.errors_in += row.errors_in;
    world.adapter.errors_out += row.errors_out;
    world.adapter.discards_in += row.discards_in;
    world.adapter.discards_out += row.discards_out;
    CHECK(world.later() == row.expected);
}

TEST_CASE("an adapter that was started anew between two looks is not judged") {
    World world;
    world.adapter.errors_in = 10;
    world.look();
    world.adapter.packets_in = 20'000;
    world.adapter.packets_out = 0;
    world.adapter.errors_in = 5'000;
    CHECK(world.later() == Lines{});
    world.adapter.id = "{22222222-2222-3333-4444-555555555555}"; // another adapter: its first look
    world.adapter.errors_in = 50'000;
    CHECK(world.later() == Lines{});
}

TEST_CASE("a host without a way to the network is disconnected or has no address") {
    struct Row {
        const char* what;
        bool up;
        Lines addresses, expected;
    };
    const auto row =
        GENERATE(Row{"down", false, {}, {"network.disconnected critical "}},
                 Row{"down with an address left", false, {"192.0.2.10"}, {"network.disconnected critical "}},
                 Row{"no address", true, {}, {"network.no_address critical "}},
                 Row{"only autoconfigured", true, {"169.254.7.8", "fe80::1%4"}, {"network.no_address critical "}},
                 Row{"unspecified", true, {"0.0.0.0", "::", "127.0.0.1"}, {"network.no_address critical "}},
                 Row{"IPv6 alone", true, {"2001:db8::10"}, {}},
                 Row{"autoconfigured beside a real one", true, {"169.254.7.8", "10.0.0.5"}, {}});
    INFO(row.what);
    World world;
    world.adapter.up = row.up;
    world.adapter.addresses = row.addresses;
    CHECK(world.look() == row.expected);
}

TEST_CASE("an adapter that is down beside one that is up is no finding, and tunnels of Windows are none") {
    World world;
    AdapterFacts second = ethernet(), tunnel = ethernet();
    second.id = "{33333333-2222-3333-4444-555555555555}";
    second.up = second.connected = false;
    second.addresses = {"169.254.1.1"};
    tunnel.type = type_tunnel;
    tunnel.mtu = 1200;
    tunnel.gateways = {"192.0.2.99"};
    world.host.give("adapters", std::vector<AdapterFacts>{world.adapter, second, tunnel});
    CHECK(probe({}).run(world.host, world.context).value().empty());
    world.host.give("adapters", std::vector<AdapterFacts>{loopback(), tunnel});
    const auto found = probe({}).run(world.host, world.context).value();
    REQUIRE(found.size() == 1);
    CHECK(found[0].code == "network.disconnected");
}

TEST_CASE("an MTU below 1280 is a warning, and a VPN alone is none") {
    World world;
    const auto [mtu, type, found] = GENERATE(table<std::uint32_t, std::uint32_t, bool>({{1500, 6, false},
                                                                                        {9000, 6, false},
                                                                                        {1280, type_virtual, false},
                                                                                        {1279, type_virtual, true},
                                                                                        {576, type_ppp, true},
                                                                                        {1400, type_ppp, false},
                                                                                        {0, 6, false}}));
    CAPTURE(mtu, type);
    world.adapter.mtu = mtu;
    world.adapter.type = type;
    CHECK(world.look() == (found ? Lines{"network.mtu_low warning Ethernet"} : Lines{}));
    world.adapter.up = false;
    CHECK(world.look() == Lines{"network.disconnected critical "});
}

TEST_CASE("a member of a domain whose networks are public and none the domain's is found") {
    struct Row {
        const char* what;
        std::vector<NetworkCategory> networks;
        bool joined;
        Lines expected;
    };
    using C = NetworkCategory;
    const auto row = GENERATE(
        Row{"public", {C::public_}, true, {"network.category_public warning "}},
        Row{"public and private", {C::private_, C::public_}, true, {"network.category_public warning "}},
        Row{"public beside the domain's", {C::public_, C::domain}, true, {}}, Row{"private", {C::private_}, true, {}},
        Row{"unknown", {C::unknown}, true, {}}, Row{"none", {}, true, {}}, Row{"a workgroup", {C::public_}, false, {}});
    INFO(row.what);
    World world;
    std::vector<NetworkProfile> networks;
    for (const C category : row.networks)
        networks.push_back({world.adapter.id, "Network", category});
    world.host.give("network_profiles", networks);
    world.host.give("domain_membership", DomainMembership{row.joined, "EXAMPLE"});
    world.host.profiles = FirewallProfiles{false, false, true};
    CHECK(world.look() == row.expected);
    if (!row.expected.empty())
        CHECK(world.findings().at(0).evidence.back() == "the firewall applies its public profile");
}

TEST_CASE("power saving counts only where the machine sleeps and the adapter may not wake it") {
    struct Row {
        const char* what;
        PowerFacts power;
        std::optional<std::uint32_t> capabilities;
        Lines expected;
    };
    const PowerFacts sleeps{true, false, false}, modern{false, false, true}, hibernates{false, true, false};
    const Lines found{"network.power_saving info Ethernet"};
    const auto row = GENERATE_COPY(
        Row{"only turning off", sleeps, 0x110, found}, Row{"modern standby", modern, 0x110, found},
        Row{"a server that never sleeps", PowerFacts{}, 0x110, {}}, Row{"hibernation alone", hibernates, 0x110, {}},
        Row{"not set", sleeps, std::nullopt, {}}, Row{"0", sleeps, 0, {}}, Row{"all", sleeps, 0x100, {}},
        Row{"nothing", sleeps, 0x118, {}}, Row{"24", sleeps, 24, {}}, Row{"16", sleeps, 16, found});
    INFO(row.what);
    World world;
    world.host.give("power", row.power);
    world.host.set_text(first_adapter, "NetCfgInstanceId", "{11111111-2222-3333-4444-555555555555}");
    if (row.capabilities)
        world.host.set_dword(first_adapter, "PnPCapabilities", *row.capabilities);
    CHECK(world.look() == row.expected);
    world.adapter.hardware = false;
    CHECK(world.look() == Lines{});
}

TEST_CASE("what cannot be read about the network is unknown, neither good nor bad") {
    World world;
    const Error denied{Errc::access_denied, 5, "the call"};
    SECTION("TCP statistics") {
        world.host.give("tcp_statistics", denied);
        CHECK(world.look() == Lines{"network.unknown unknown the TCP statistics"});
        CHECK(world.later() == Lines{"network.unknown unknown the TCP statistics"});
        World next;
        next.notes = world.notes;
        next.host.give("tcp_statistics", segments(2'000'000, 1'000'000)); // nothing to compare with
        CHECK(next.later(15min) == Lines{});
    }
    SECTION("adapters") {
        world.host.give("adapters", denied);
        const auto found = probe({}).run(world.host, world.context).value();
        REQUIRE(found.size() == 1);
        CHECK(found[0].subject == "the network adapters");
    }
    SECTION("connections") {
        world.host.give("tcp_connections", denied);
        CHECK(world.look() == Lines{"network.unknown unknown the TCP connections"});
    }
    SECTION("power") {
        world.host.give("power", denied);
        CHECK(world.look() == Lines{"network.unknown unknown whether this machine can sleep"});
    }
    SECTION("power management of the adapter") {
        world.host.give("power", PowerFacts{true, false, false});
        world.host.set_text(first_adapter, "NetCfgInstanceId", world.adapter.id);
        world.host.set_text(first_adapter, "PnPCapabilities", "272");
        CHECK(world.look() == Lines{"network.unknown unknown the power management of Ethernet"});
    }
    SECTION("networks of a member") {
        world.host.give("network_profiles", denied);
        CHECK(world.look() == Lines{"network.unknown unknown the networks and their categories"});
    }
    SECTION("networks of a workgroup host, which do not matter") {
        world.host.give("network_profiles", denied);
        world.host.give("domain_membership", DomainMembership{});
        CHECK(world.look() == Lines{});
    }
    SECTION("domain") {
        world.host.give("domain_membership", denied);
        CHECK(world.look() == Lines{}); // the domain's network says it
        world.host.give("network_profiles", std::vector<NetworkProfile>{{"", "Network", NetworkCategory::public_}});
        CHECK(world.look() == Lines{"network.unknown unknown whether this host is in a domain"});
    }
}
