// Is a port that was changed without a restart told from a listener that is broken?
#include "probes/firewall.hpp"
#include "probes/recorded/recorded_host.hpp"
#include "probes/sessions.hpp"

#include "tests/probes/listener_findings.hpp"
#include "tests/probes/recorded_hosts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::listener;
using namespace rdpmedic::testing::listeners;
using testing::FakeHost;

namespace {

// TermService still has 3389, and 3390 is set.
FakeHost changed_to_3390() {
    FakeHost host = healthy();
    host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
    return host;
}

void listen_on(FakeHost& host, std::uint16_t port, std::uint32_t process = term_process) {
    host.listeners = std::vector<TcpListener>{{"0.0.0.0", port, process, "svchost.exe"}};
}

void give_no_excluded_ports(FakeHost& host) { host.give("excluded_ports", std::vector<PortRange>{}); }

} // namespace

TEST_CASE("a port that TermService has not taken up yet is said, with the one on which it listens") {
    const FakeHost host = changed_to_3390();
    REQUIRE(lines(host) == Lines{"listener.port_not_taken_up warning"});
    const Finding finding = findings(host)[0];
    CHECK(finding.text.find("TermService still listens on TCP port 3389: it takes up PortNumber 3390 when it is "
                            "restarted") == 0);
    CHECK(mentions(finding, "0.0.0.0:3389 belongs to svchost.exe (process id 1000)"));
    CHECK(mentions(finding, "PortNumber = 3390"));
    CHECK(finding.repair.empty());
}

TEST_CASE("a change from one port of one's own to another is seen, and no program is started for it") {
    FakeHost host = changed_to_3390();
    listen_on(host, 13389);
    host.give("excluded_ports", std::vector<PortRange>{{3390, 3390}}); // would be another finding, if it was read
    REQUIRE(lines(host) == Lines{"listener.port_not_taken_up warning"});
    CHECK(findings(host)[0].text.find("listens on TCP port 13389: ") != std::string::npos);
}

TEST_CASE("a port that nobody listens on stays a fault where TermService is not known to listen elsewhere") {
    FakeHost host = changed_to_3390();
    give_no_excluded_ports(host);
    SECTION("another process has 3389") { listen_on(host, 3389, 77); }
    SECTION("its RPC has a dynamic port") { listen_on(host, 49664); }
    SECTION("a service in the same process has a port") {
        host.services["termservice"].services_in_process = 4;
        listen_on(host, 5985);
    }
    SECTION("how many services share its process is not known") {
        host.services["termservice"].services_in_process = 0;
        listen_on(host, 5985);
    }
    CHECK(lines(host) == Lines{"listener.not_bound critical"});
}

TEST_CASE("in a process that is shared, 3389 is RDP") {
    FakeHost host = changed_to_3390();
    host.services["termservice"].services_in_process = 4;
    CHECK(lines(host) == Lines{"listener.port_not_taken_up warning"});
}

TEST_CASE("a second port of TermService is no finding while it has the one that is set") {
    FakeHost host = changed_to_3390();
    host.listeners->push_back({"0.0.0.0", 3390, term_process, "svchost.exe"});
    CHECK(lines(host) == Lines{});
}

TEST_CASE("who holds the new port is said first: a restart would not get it") {
    FakeHost host = changed_to_3390();
    host.listeners->push_back({"0.0.0.0", 3390, 77, "thief.exe"});
    CHECK(lines(host) == Lines{"listener.port_stolen critical TCP"});
}

TEST_CASE("the firewall says that nobody listens on the new port yet") {
    const auto host = load_recorded_host(testing::recorded_hosts_folder() / "other-port-not-taken-up.json");
    REQUIRE(host.has_value());
    const auto said = firewall::probe({}).run(**host, JudgeContext{}).value();
    REQUIRE(said.size() == 1);
    CHECK(said[0].code == "firewall.custom_port_not_allowed");
    CHECK(said[0].text.find("RDP is set to TCP 3390") == 0);
    CHECK(mentions(said[0], "TermService does not listen there yet, but on TCP 3389"));
}

TEST_CASE("clients of the port that TermService still has are no sessions without a client") {
    FakeHost host = changed_to_3390();
    Session user = session(2, "RDP-Tcp#0", SessionState::active);
    user.user = "alice";
    user.client_address = "192.0.2.7";
    user.now = host.time;
    user.last_input = host.time - std::chrono::hours{1};
    host.session_list = std::vector<Session>{session(0, "Services", SessionState::disconnected), user};
    TcpConnection connection;
    connection.local_port = 3389;
    connection.remote_address = "192.0.2.7";
    connection.state = TcpState::established;
    host.give("tcp_connections", std::vector<TcpConnection>{connection});
    const auto half_open = [&host] {
        JudgeContext context;
        context.now = host.time;
        const auto found = sessions::judge(sessions::collect(host).value(), context);
        return std::any_of(found.begin(), found.end(),
                           [](const Finding& finding) { return finding.code == "sessions.half_open"; });
    };
    CHECK_FALSE(half_open());
    listen_on(host, 3390); // it has been restarted: whoever was on 3389 is gone
    CHECK(half_open());
}
