// Are ports for outgoing connections that run out found, and is nobody asked who need not be?
#include "tests/probes/network_findings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::network;
using namespace rdpmedic::testing::networks;
using namespace std::chrono_literals;

TEST_CASE("ports for outgoing connections that run out are named with the process that holds them") {
    World world;
    world.host.give("dynamic_ports", PortRange{49152, 65535});
    world.host.give("process 4242", ProcessFacts{4242, "C:\\leak.exe", 20'000, 0, std::nullopt});
    const auto with = [&](std::vector<TcpConnection> list) {
        world.host.give("tcp_connections", std::move(list));
        return world.look();
    };
    CHECK(with(connections(49152, 13'107)) == Lines{});
    CHECK(with(connections(49152, 13'108)) == Lines{"network.ports_low warning "});
    CHECK(with(connections(49152, 15'564)) == Lines{"network.ports_low warning "});
    CHECK(with(connections(49152, 15'565)) == Lines{"network.ports_exhausted critical "});
    CHECK_THAT(world.findings().at(0).text,
               Catch::Contains("15565 connections of them by C:\\leak.exe (process 4242)"));
    CHECK(with(connections(20'000, 20'000)) == Lines{}); // another program's own choice of ports
    // The two families have ports of their own.
    auto both = connections(49152, 8'000);
    for (const TcpConnection& one : connections(49152, 8'000, TcpState::established, 7, "2001:db8::10"))
        both.push_back(one);
    CHECK(with(both) == Lines{});
    CHECK(with(connections(49152, 16'000, TcpState::time_wait, 0)) == Lines{"network.ports_exhausted critical "});
    CHECK_THAT(world.findings().at(0).evidence.at(1), Catch::StartsWith("16000 connections in TIME_WAIT"));
    world.host.give("process 4242", Error{Errc::access_denied, 5, "OpenProcess(4242)"});
    CHECK(with(connections(49152, 16'000)) == Lines{"network.ports_exhausted critical "});
    CHECK_THAT(world.findings().at(0).text, Catch::Contains("by process 4242"));
}

TEST_CASE("connections that came in share the port of the listener and use up none") {
    World world;
    world.host.give("dynamic_ports", PortRange{1025, 1279}); // the smallest that Windows allows
    std::vector<TcpConnection> list;
    for (int i = 0; i < 5'000; ++i)
        list.push_back({"192.0.2.10", 1200, "198.51.100.1", static_cast<std::uint16_t>(i), TcpState::established, 9});
    world.host.give("tcp_connections", list);
    CHECK(world.look() == Lines{});
    world.host.give("tcp_connections", connections(1025, 204));
    CHECK(world.look() == Lines{"network.ports_low warning "});
}

TEST_CASE("the range of ports is asked for only where even the smallest could be short") {
    World world;
    world.host.give("dynamic_ports", Error{Errc::io, 1, "netsh"});
    world.host.give("tcp_connections", connections(49152, 203));
    CHECK(world.look() == Lines{});
    world.host.give("tcp_connections", connections(49152, 204));
    CHECK(world.look() == Lines{"network.unknown unknown the range of dynamic ports"});
}
