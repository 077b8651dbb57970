// Is a gateway that is slow, loses packets or falls silent found, and one that drops echo requests left alone?
#include "tests/probes/network_findings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::network;
using namespace rdpmedic::testing::networks;
using namespace std::chrono_literals;

TEST_CASE("a slow gateway is found") {
    World world;
    const auto [answered, average, expected] =
        GENERATE(table<std::uint32_t, int, Lines>({{4, 149, {}},
                                                   {4, 150, {"network.slow_round_trip warning 192.0.2.1"}},
                                                   {4, 299, {"network.slow_round_trip warning 192.0.2.1"}},
                                                   {2, 300, {"network.slow_round_trip warning 192.0.2.1"}},
                                                   {4, 5000, {"network.slow_round_trip warning 192.0.2.1"}},
                                                   {1, 700, {}}}));
    CAPTURE(answered, average);
    world.host.give("echo 192.0.2.1", echoed(answered, std::chrono::milliseconds(average)));
    CHECK(world.look() == expected);
}

TEST_CASE("loss on the way to the gateway is judged over the looks of an hour") {
    World world;
    const auto look = [&](std::uint32_t answered) {
        world.host.give("echo 192.0.2.1", echoed(answered));
        return world.later();
    };
    CHECK(look(2) == Lines{}); // too few to tell
    CHECK(look(4) == Lines{});
    CHECK(look(4) == Lines{});
    CHECK(look(4) == Lines{});
    CHECK(look(4) == Lines{"network.packet_loss warning 192.0.2.1"}); // 2 of 20
    for (int i = 0; i < 7; ++i)
        look(4);
    CHECK(look(4) == Lines{"network.packet_loss warning 192.0.2.1"}); // 2 of 52
    CHECK(look(4) == Lines{});                                        // they are more than an hour ago
    CHECK(look(3) == Lines{});                                        // one alone may be chance
}

TEST_CASE("loss that TCP does not feel is a note on a busy router, and critical only where TCP feels it") {
    World world;
    std::uint64_t sent = 1'000'000;
    for (int i = 0; i < 4; ++i)
        world.later();
    world.host.give("echo 192.0.2.1", echoed(1));
    world.later();
    world.host.give("tcp_statistics", segments(sent += 5'000, 40'000));
    CHECK(world.later() == Lines{"network.packet_loss info 192.0.2.1"});
    world.host.give("tcp_statistics", segments(sent += 900, 40'000)); // too little to tell
    CHECK(world.later() == Lines{"network.packet_loss warning 192.0.2.1"});
    world.host.give("tcp_statistics", segments(sent += 5'000, 40'150)); // TCP loses 3 % as well
    CHECK(world.later() == Lines{"network.retransmissions warning ", "network.packet_loss critical 192.0.2.1"});
}

TEST_CASE("a gateway that never answers echo is no finding, and one that stopped is") {
    World world;
    world.host.give("echo 192.0.2.1", echoed(0));
    for (int i = 0; i < 15; ++i)
        CHECK(world.later() == Lines{});
    world.host.give("echo 192.0.2.1", echoed(4));
    world.later();
    world.host.give("echo 192.0.2.1", echoed(0));
    CHECK(world.later() == Lines{"network.gateway_silent warning 192.0.2.1"});
    CHECK(world.later(24h - 5min) == Lines{"network.gateway_silent warning 192.0.2.1"});
    CHECK(world.later(1s) == Lines{}); // by now it was told to
}

TEST_CASE("the gateways of adapters are asked once each, and no more than four") {
    World world;
    world.adapter.gateways = {"0.0.0.0",   "192.0.2.1", "192.0.2.1", "fe80::1%4",
                              "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"};
    for (const char* address : {"192.0.2.2", "192.0.2.3", "192.0.2.4"})
        world.host.give(std::string("echo ") + address, Error{Errc::access_denied, 5, "IcmpCreateFile"});
    CHECK(world.look().size() == 3); // the fourth is unknown, the fifth is not asked, the IPv6 one not either
    world.adapter.gateways = {"fe80::1%4"};
    CHECK(world.look() == Lines{"network.unknown unknown the echo of the gateway fe80::1%4 of the adapter Ethernet"});
    world.adapter.gateways = {};
    CHECK(world.look() == Lines{});
}
