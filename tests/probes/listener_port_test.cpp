// Is every holder of the listener's port judged by what is known, and by nothing else?
#include "tests/probes/listener_findings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::listener;
using namespace rdpmedic::testing::listeners;
using testing::FakeHost;

TEST_CASE("the program that took the port is named, with its service") {
    FakeHost host = healthy();
    host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, 77, "thief.exe"}};
    ProcessFacts process;
    process.image = R"(C:\Tools\thief.exe)";
    host.give("process 77", process);
    host.give("services", std::vector<ServiceSummary>{{"Thief", "", 0x10, ServiceState::running, 77},
                                                      {"TermService", "", 0x10, ServiceState::running, term_process}});
    REQUIRE(lines(host) == Lines{"listener.port_stolen critical TCP"});
    const Finding finding = findings(host)[0];
    CHECK(finding.text.find("thief.exe (service Thief) holds TCP port 3389") == 0);
    CHECK(mentions(finding, R"(process 77: C:\Tools\thief.exe, service Thief)"));
    CHECK_FALSE(mentions(finding, "service TermService"));
    SECTION("also while TermService does not run, and also on loopback") {
        host.services["termservice"].state = ServiceState::stopped;
        host.services["termservice"].process_id = 0;
        host.listeners = std::vector<TcpListener>{{"127.0.0.1", 3389, 77, "thief.exe"}};
        CHECK(lines(host) == Lines{"listener.port_stolen critical TCP"});
    }
    SECTION("where neither its name nor its services can be read") {
        host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, 78, ""}};
        CHECK(findings(host)[0].text.find("process 78 holds TCP port 3389") == 0);
    }
}

TEST_CASE("who holds the port decides, whatever else is bound to it") {
    check({
        {"another program on one address",
         [](FakeHost& host) {
             host.listeners->push_back({"192.0.2.1", 3389, 77, "proxy.exe"});
         },
         {"listener.port_stolen warning TCP"}},
        {"a tunnel on loopback",
         [](FakeHost& host) {
             host.listeners->push_back({"127.0.0.2", 3389, 77, "ssh.exe"});
         },
         {}},
        {"another port",
         [](FakeHost& host) {
             host.listeners->push_back({"0.0.0.0", 3390, 77, "other.exe"});
         },
         {}},
        {"loopback alone",
         [](FakeHost& host) {
             host.listeners = std::vector<TcpListener>{{"127.0.0.1", 3389, term_process, "svchost.exe"},
                                                       {"::1", 3389, term_process, "svchost.exe"}};
         },
         {"listener.loopback_only critical"}},
        // No fault, but what clients must know of: they are refused at the others.
        {"one address of the network",
         [](FakeHost& host) {
             host.listeners = std::vector<TcpListener>{{"192.0.2.1", 3389, term_process, "svchost.exe"}};
         },
         {"listener.bound_to_address info"}},
        {"one address of the network beside loopback",
         [](FakeHost& host) {
             host.listeners = std::vector<TcpListener>{{"127.0.0.1", 3389, term_process, "svchost.exe"},
                                                       {"192.0.2.1", 3389, term_process, "svchost.exe"}};
         },
         {"listener.bound_to_address info"}},
        {"one address beside all of IPv6",
         [](FakeHost& host) {
             host.listeners = std::vector<TcpListener>{{"192.0.2.1", 3389, term_process, "svchost.exe"},
                                                       {"::", 3389, term_process, "svchost.exe"}};
         },
         {}},
        {"IPv6 alone",
         [](FakeHost& host) {
             host.listeners = std::vector<TcpListener>{{"::", 3389, term_process, "svchost.exe"}};
         },
         {}},
        {"an owner who is not told",
         [](FakeHost& host) {
             host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, 0, ""}};
         },
         {"listener.unknown unknown owner of TCP port 3389"}},
        {"nobody", nobody_listens, {"listener.not_bound critical"}},
        {"nobody, with TermService stopped",
         [](FakeHost& host) {
             nobody_listens(host);
             host.services["termservice"].state = ServiceState::stopped;
         },
         {}},
        {"nobody, with the listener disabled",
         [](FakeHost& host) {
             nobody_listens(host);
             host.set_dword(keys::rdp_tcp, "fEnableWinStation", 0);
         },
         {"listener.disabled critical"}},
        {"nobody, with the adapter gone",
         [](FakeHost& host) {
             nobody_listens(host);
             host.set_dword(keys::rdp_tcp, "LanAdapter", 3);
         },
         {"listener.adapter_bound critical"}},
        {"nobody, on an excluded port",
         [](FakeHost& host) {
             nobody_listens(host);
             host.set_dword(keys::rdp_tcp, "PortNumber", 50059);
         },
         {"listener.port_excluded critical"}},
        {"nobody, beside an excluded port",
         [](FakeHost& host) {
             nobody_listens(host);
             host.set_dword(keys::rdp_tcp, "PortNumber", 50060);
         },
         {"listener.not_bound critical"}},
        {"nobody, while Windows is set up",
         [](FakeHost& host) {
             nobody_listens(host);
             host.set_dword(setup, "SystemSetupInProgress", 1);
         },
         {"listener.setup_in_progress warning"}},
        {"somebody took UDP",
         [](FakeHost& host) {
             host.give("udp_endpoints", std::vector<UdpEndpoint>{{"0.0.0.0", 3389, 77, "udp.exe"}});
         },
         {"listener.port_stolen warning UDP"}},
        {"an owner of UDP who is not told",
         [](FakeHost& host) {
             host.give("udp_endpoints", std::vector<UdpEndpoint>{{"0.0.0.0", 3389, 0, ""}});
         },
         {}},
        {"UDP is not used", [](FakeHost& host) { host.give("udp_endpoints", std::vector<UdpEndpoint>{}); }, {}},
    });
}

TEST_CASE("the addresses that clients must use are named, with what binds the listener to them") {
    FakeHost host = healthy();
    host.set_dword(keys::rdp_tcp, "LanAdapter", 2);
    host.listeners = std::vector<TcpListener>{{"127.0.0.1", 3389, term_process, "svchost.exe"},
                                              {"192.0.2.1", 3389, term_process, "svchost.exe"},
                                              {"fe80::1%3", 3389, term_process, "svchost.exe"}};
    REQUIRE(lines(host) == Lines{"listener.bound_to_address info"});
    const Finding finding = findings(host)[0];
    CHECK(finding.text.find("listens on 192.0.2.1, fe80::1%3 alone") != std::string::npos);
    CHECK(mentions(finding, "LanAdapter = 2"));
    CHECK(mentions(finding, "192.0.2.1:3389 belongs to svchost.exe"));
    CHECK(finding.repair.empty());
}

TEST_CASE("what is known of a port that nobody holds is in the evidence") {
    FakeHost host = healthy();
    nobody_listens(host);
    CHECK(mentions(findings(host)[0], "session entry RDP-Tcp"));
    host.session_list = std::vector<Session>{session(0, "Services", SessionState::disconnected)};
    CHECK(mentions(findings(host)[0], "no session entry RDP-Tcp"));
    host.session_list = std::vector<Session>{};
    CHECK_FALSE(mentions(findings(host)[0], "session entry"));
    host.give("excluded_ports", Error{Errc::timed_out, 0, "netsh.exe"});
    CHECK(mentions(findings(host)[0], "netsh.exe"));
}

TEST_CASE("the stacks of other products are recognised and are no damage") {
    FakeHost host = healthy();
    nobody_listens(host);
    SECTION("Citrix") {
        host.set_text(keys::rdp_tcp, "CitrixBackupRdpTcpLoadableProtocolObject",
                      "{5828227c-20cf-4408-b73f-73ab70b8849f}");
    }
    SECTION("a protocol object that is not of Windows") {
        host.set_text(keys::rdp_tcp, "LoadableProtocol_Object", "{00000000-0000-0000-0000-000000000001}");
    }
    SECTION("reverse connect") { host.set_dword(keys::rdp_tcp, "fReverseConnectMode", 1); }
    SECTION("the side-by-side stack of Azure Virtual Desktop") {
        host.session_list->push_back(session(65538, "rdp-sxs240705700", SessionState::listen));
    }
    CHECK(lines(host) == Lines{"listener.third_party_stack info"});
    host.listeners = healthy().listeners;
    CHECK(lines(host) == Lines{});
}

TEST_CASE("where the switch means nothing, the port shows whether the listener serves") {
    FakeHost host = healthy();
    host.set_text(keys::terminal_server, "fDenyTSConnections", "0");
    CHECK(lines(host) == Lines{});
    host.listeners = std::vector<TcpListener>{{"127.0.0.1", 3389, term_process, "svchost.exe"}};
    CHECK(lines(host) == Lines{"listener.loopback_only critical"});
    host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, 4711, "other.exe"}};
    host.give("process 4711", Error{Errc::not_found, 87, "OpenProcess"});
    host.give("services", std::vector<ServiceSummary>{});
    CHECK(lines(host) == Lines{"listener.port_stolen warning TCP"}); // it may be meant, where Remote Desktop is off
    nobody_listens(host);
    CHECK(lines(host) == Lines{});
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    CHECK(lines(host) == Lines{"listener.not_bound critical"});
}

TEST_CASE("a Home edition on which nobody listens is told apart from a broken listener") {
    FakeHost host = healthy();
    nobody_listens(host);
    host.set_text(keys::windows_version, "EditionID",
                  GENERATE(as<std::string>{}, "Core", "CoreN", "CoreSingleLanguage", "CoreCountrySpecific"));
    REQUIRE(lines(host) == Lines{"listener.edition critical"});
    const Finding finding = findings(host)[0];
    CHECK(finding.repair.empty());
    CHECK(mentions(finding, "this edition of Windows cannot host Remote Desktop"));
    CHECK(mentions(finding, "EditionID = Core"));

    SECTION("also where the table of listeners cannot be read") {
        host.listeners = Error{Errc::access_denied, 5, "GetExtendedTcpTable"};
        host.session_list = std::vector<Session>{session(0, "Services", SessionState::disconnected)};
        CHECK(lines(host).back() == "listener.edition critical");
    }
    SECTION("but not where somebody listens all the same") {
        host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, term_process, "svchost.exe"}};
        CHECK(lines(host).empty());
    }
}

TEST_CASE("an edition that can host, or that cannot be read, stays a listener that is not bound") {
    FakeHost host = healthy();
    nobody_listens(host);
    host.set_text(keys::windows_version, "EditionID", "Professional");
    CHECK(lines(host) == Lines{"listener.not_bound critical"});
    host.fail("registry_value HKLM\\" + keys::windows_version.key + ": EditionID", {Errc::access_denied, 5, "x"});
    CHECK(lines(host) == Lines{"listener.not_bound critical"});
    CHECK(mentions(findings(host)[0], "EditionID: "));
}
