// Is a way on which full packets get lost found, and one that carries them left alone?
#include "probes/network.hpp"
#include "probes/registry.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::network;
using testing::FakeHost;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;
const Error denied{Errc::access_denied, 5, "the call"}, missing{Errc::unsupported, 127, "the call"};
// What a first look can say: echo alone shows no fault.
const Lines noted{"network.large_packets_lost info 192.0.2.1"};

TcpConnection from(const std::string& address, std::uint16_t port = 3389, TcpState state = TcpState::established) {
    return {"192.0.2.10", port, address, 50'000, state, 1204};
}

// A host of a workgroup, whose gateway answers small echo requests.
struct World {
    FakeHost host;
    JudgeContext context;
    AdapterFacts adapter;

    World() {
        context.now = host.time;
        adapter.id = "{11111111-2222-3333-4444-555555555555}";
        adapter.name = "Ethernet";
        adapter.type = 6;
        adapter.up = adapter.connected = adapter.dhcp = true;
        adapter.mtu = 1500;
        adapter.addresses = {"192.0.2.10"};
        adapter.gateways = {"192.0.2.1"};
        host.give("tcp_statistics", TcpStatistics{});
        host.give("tcp_connections", std::vector<TcpConnection>{});
        host.give("echo 192.0.2.1", EchoFacts{"192.0.2.1", 4, 4, 1ms, 1ms});
        host.give("domain_membership", DomainMembership{false, "WORKGROUP"});
        host.give("power", PowerFacts{});
    }

    Facts collected() {
        host.give("adapters", std::vector<AdapterFacts>{adapter});
        return collect(host, context).value();
    }
    std::vector<Finding> findings() { return judge(collected(), context); }
    Lines lines_of(const std::vector<Finding>& found) {
        Lines lines;
        for (const Finding& finding : found)
            lines.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
        return lines;
    }
    Lines look() { return lines_of(findings()); }
    void connect(std::vector<TcpConnection> clients) { host.give("tcp_connections", std::move(clients)); }
};

} // namespace

TEST_CASE("full packets that the gateway leaves without any answer are noted") {
    struct Row {
        const char* what;
        FullEchoFacts full;
        std::uint32_t small; // answered of four
        Lines expected;
    };
    const auto row =
        GENERATE(Row{"none of three", {3, 0, 0}, 4, noted}, Row{"the first", {1, 1, 0}, 4, {}},
                 Row{"the third", {3, 1, 0}, 4, {}}, Row{"a router says too big", {1, 0, 1}, 4, {}},
                 Row{"too few to tell", {2, 0, 0}, 4, {}}, Row{"small ones get lost too", {3, 0, 0}, 1, {}},
                 Row{"half of the small ones", {3, 0, 0}, 2, noted});
    INFO(row.what);
    World world;
    world.host.give("echo 192.0.2.1", EchoFacts{"192.0.2.1", 4, row.small, 1ms, 1ms});
    world.host.give("full_echo 192.0.2.1 in 1500 bytes", row.full);
    CHECK(world.look() == row.expected);
}

TEST_CASE("full packets that only echo loses are a note, and a warning where TCP loses segments too") {
    World world;
    world.host.give("full_echo 192.0.2.1 in 1500 bytes", FullEchoFacts{3, 0, 0});
    Facts facts = world.collected();
    facts.before = Memory{};
    facts.before->at = world.context.now - 5min;
    facts.before->has_segments = true;
    facts.tcp->v4.segments_sent = 5'000;
    CHECK(world.lines_of(judge(facts, world.context)) == Lines{"network.large_packets_lost info 192.0.2.1"});
    facts.tcp->v4.segments_sent = 900; // too little to tell
    CHECK(world.lines_of(judge(facts, world.context)) == noted);
    facts.tcp->v4.segments_sent = 5'000;
    facts.tcp->v4.segments_retransmitted = 150;
    CHECK(world.lines_of(judge(facts, world.context)) ==
          Lines{"network.retransmissions warning ", "network.large_packets_lost warning 192.0.2.1"});
}

TEST_CASE("a full packet is what the adapter sends at most, and never more than Ethernet carries") {
    World world;
    const auto [mtu, packet] =
        GENERATE(table<std::uint32_t, std::uint32_t>({{1280, 1280}, {1400, 1400}, {9000, 1500}}));
    CAPTURE(mtu);
    world.adapter.mtu = mtu;
    world.host.give("full_echo 192.0.2.1 in " + std::to_string(packet) + " bytes", FullEchoFacts{3, 0, 0});
    const auto found = world.findings();
    REQUIRE(world.lines_of(found) == noted);
    CHECK_THAT(found[0].evidence.at(0), Catch::Contains(std::to_string(packet) + " bytes"));
}

TEST_CASE("full packets are tried only where they can show something") {
    World world;
    for (const char* read :
         {"192.0.2.1 in 1500 bytes", "192.0.2.1 in 1279 bytes", "192.0.2.1 in 0 bytes", "fe80::1%4 in 1500 bytes"})
        world.host.give(std::string("full_echo ") + read, FullEchoFacts{3, 0, 0});
    REQUIRE(world.look() == noted);
    SECTION("not past a gateway that answers nothing") {
        world.host.give("echo 192.0.2.1", EchoFacts{"192.0.2.1", 4, 0, 0ms, 0ms});
        CHECK(world.look() == Lines{});
    }
    SECTION("not where the adapter sends small packets alone") {
        world.adapter.mtu = 1279;
        CHECK(world.look() == Lines{"network.mtu_low warning Ethernet"});
    }
    SECTION("not where nobody knows what a full packet is") {
        world.adapter.mtu = 0;
        CHECK(world.look() == Lines{});
    }
    SECTION("not over IPv6") {
        world.adapter.gateways = {"fe80::1%4"};
        world.host.give("echo fe80::1%4", EchoFacts{"fe80::1%4", 4, 4, 1ms, 1ms});
        CHECK(world.look() == Lines{});
    }
}

TEST_CASE("a system that cannot send full packets leaves out an aside, and one that fails is unknown") {
    World world;
    world.host.give("full_echo 192.0.2.1 in 1500 bytes", missing);
    CHECK(world.look() == Lines{});
    world.host.give("full_echo 192.0.2.1 in 1500 bytes", denied);
    CHECK(world.look() ==
          Lines{"network.unknown unknown the full-size echo of the gateway 192.0.2.1 of the adapter Ethernet"});
}

TEST_CASE("a path MTU below 1280 to a client that is connected now is a warning") {
    World world;
    world.connect({from("203.0.113.9")});
    const auto [mtu, found] =
        GENERATE(table<std::uint32_t, bool>({{1500, false}, {1280, false}, {1279, true}, {576, true}}));
    CAPTURE(mtu);
    world.host.give("path_mtu 203.0.113.9", mtu);
    CHECK(world.look() == (found ? Lines{"network.path_mtu_low warning "} : Lines{}));
    if (found)
        CHECK(world.findings().at(0).evidence == Lines{"to 203.0.113.9: " + std::to_string(mtu) + " bytes"});
}

TEST_CASE("the path MTU is asked of clients of Remote Desktop alone") {
    World world;
    for (const char* address : {"203.0.113.9", "127.0.0.1", "192.0.2.10"})
        world.host.give(std::string("path_mtu ") + address, std::uint32_t{576});
    world.connect({from("203.0.113.9")});
    REQUIRE(world.look() == Lines{"network.path_mtu_low warning "});
    SECTION("another port") { world.connect({from("203.0.113.9", 445)}); }
    SECTION("the port is another") { world.host.set_dword(keys::rdp_tcp, "PortNumber", 3390); }
    SECTION("a connection that has ended") { world.connect({from("203.0.113.9", 3389, TcpState::time_wait)}); }
    SECTION("this host itself") { world.connect({from("127.0.0.1"), from("192.0.2.10")}); }
    CHECK(world.look() == Lines{});
}

TEST_CASE("the path MTU is asked of four clients at most, once each") {
    World world;
    std::vector<TcpConnection> clients;
    for (int i = 1; i <= 6; ++i) {
        const std::string address = "203.0.113." + std::to_string(i);
        world.host.give("path_mtu " + address, std::uint32_t{1200});
        clients.push_back(from(address));
        clients.push_back(from(address));
    }
    world.connect(clients);
    CHECK(world.findings().at(0).evidence == Lines{"to 203.0.113.1: 1200 bytes", "to 203.0.113.2: 1200 bytes",
                                                   "to 203.0.113.3: 1200 bytes", "to 203.0.113.4: 1200 bytes"});
}

TEST_CASE("a path is no narrower than the adapter that is named already") {
    World world;
    world.adapter.mtu = 1200;
    world.connect({from("203.0.113.9")});
    world.host.give("path_mtu 203.0.113.9", std::uint32_t{1200});
    CHECK(world.look() == Lines{"network.mtu_low warning Ethernet"});
    world.host.give("path_mtu 203.0.113.9", std::uint32_t{1000});
    CHECK(world.look() == Lines{"network.mtu_low warning Ethernet", "network.path_mtu_low warning "});
}

TEST_CASE("a path MTU that Windows does not know is no finding, and one that cannot be read is unknown") {
    World world;
    world.connect({from("203.0.113.8"), from("203.0.113.9")});
    world.host.give("path_mtu 203.0.113.8", Error{Errc::not_found, 1168, "GetIpPathEntry"});
    world.host.give("path_mtu 203.0.113.9", missing);
    CHECK(world.look() == Lines{});
    world.host.give("path_mtu 203.0.113.8", denied);
    CHECK(world.look() == Lines{"network.unknown unknown the path MTU of connected clients"});
    world.host.set_text(keys::rdp_tcp, "PortNumber", "3389");
    CHECK(world.look() == Lines{"network.unknown unknown the port of Remote Desktop"});
    world.connect({});
    CHECK(world.look() == Lines{}); // nobody is there to ask about
}
