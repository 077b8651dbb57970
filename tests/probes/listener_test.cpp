// Is every setting of the listener, and every holder of its port, judged by what is known, and by nothing else?
#include "probes/listener.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace rdpmedic;
using namespace rdpmedic::listener;
using testing::FakeHost;

namespace {

constexpr std::uint32_t term_process = 1000;
const RegistryPath policy = keys::terminal_services_policy;
const RegistryPath lsa{R"(SYSTEM\CurrentControlSet\Control\Lsa)"};
const RegistryPath setup{R"(SYSTEM\Setup)"};

Session session(std::uint32_t id, const char* station, SessionState state) {
    Session result;
    result.id = id;
    result.station = station;
    result.state = state;
    return result;
}

FakeHost healthy() {
    FakeHost host;
    host.set_text(keys::windows_version, "CurrentBuildNumber", "17763");
    for (const auto& [name, value] : std::map<const char*, std::uint32_t>{
             {"fDenyTSConnections", 0}, {"TSUserEnabled", 0}, {"TSServerDrainMode", 0}, {"fSingleSessionPerUser", 1}})
        host.set_dword(keys::terminal_server, name, value);
    for (const auto& [name, value] : std::map<const char*, std::uint32_t>{{"fEnableWinStation", 1},
                                                                          {"fLogonDisabled", 0},
                                                                          {"PortNumber", 3389},
                                                                          {"LanAdapter", 0},
                                                                          {"SecurityLayer", 2},
                                                                          {"UserAuthentication", 1},
                                                                          {"MinEncryptionLevel", 2},
                                                                          {"fAllowSecProtocolNegotiation", 1},
                                                                          {"MaxInstanceCount", 0xFFFFFFFF},
                                                                          {"KeepAliveTimeout", 0},
                                                                          {"fReconnectSame", 0},
                                                                          {"fInheritReconnectSame", 1}})
        host.set_dword(keys::rdp_tcp, name, value);
    host.set_text(keys::rdp_tcp, "LoadableProtocol_Object", "{5828227c-20cf-4408-b73f-73ab70b8849f}");
    for (const char* name : {"PdDLL", "PdName", "WdName"})
        host.set_text(keys::rdp_tcp, name, "tdtcp");
    host.set_dword(lsa, "disabledomaincreds", 0);
    ServiceFacts service;
    service.name = "TermService";
    service.state = ServiceState::running;
    service.process_id = term_process;
    host.services["termservice"] = service;
    host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, term_process, "svchost.exe"},
                                              {"::", 3389, term_process, "svchost.exe"},
                                              {"0.0.0.0", 135, 900, "svchost.exe"}};
    host.give("udp_endpoints", std::vector<UdpEndpoint>{{"0.0.0.0", 3389, term_process, "svchost.exe"}});
    host.session_list = std::vector<Session>{session(0, "Services", SessionState::disconnected),
                                             session(65536, "RDP-Tcp", SessionState::listen)};
    return host;
}

void nobody_listens(FakeHost& host) {
    host.listeners = std::vector<TcpListener>{{"0.0.0.0", 135, 900, "svchost.exe"}};
    host.give("excluded_ports", std::vector<PortRange>{{5357, 5357}, {50000, 50059}});
}

std::vector<Finding> findings(const FakeHost& host) { return judge(collect(host).value(), JudgeContext{}); }

// "code severity subject", a line a finding.
std::vector<std::string> lines(const FakeHost& host) {
    std::vector<std::string> result;
    for (const Finding& finding : findings(host))
        result.push_back(finding.code + " " + name_of(finding.severity) +
                         (finding.subject.empty() ? "" : " " + finding.subject));
    return result;
}

using Lines = std::vector<std::string>;

struct Row {
    const char* name;
    std::function<void(FakeHost&)> change;
    Lines expected;
};

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        INFO(row.name);
        FakeHost host = healthy();
        row.change(host);
        CHECK(lines(host) == row.expected);
    }
}

std::function<void(FakeHost&)> dword(const RegistryPath& key, const char* name, std::uint32_t value) {
    return [=](FakeHost& host) { host.set_dword(key, name, value); };
}

bool mentions(const Finding& finding, std::string_view text) {
    std::string all = finding.text;
    for (const std::string& line : finding.evidence)
        all += "\n" + line;
    return all.find(text) != all.npos;
}

} // namespace

TEST_CASE("a listener as Windows sets it up has no findings") { CHECK(lines(healthy()) == Lines{}); }

TEST_CASE("each setting of a healthy listener gives exactly the finding that it deserves") {
    const RegistryPath &ts = keys::terminal_server, &rdp = keys::rdp_tcp;
    check({
        {"TSEnabled 0", dword(ts, "TSEnabled", 0), {"listener.terminal_server_disabled critical"}},
        {"TSEnabled 1", dword(ts, "TSEnabled", 1), {}},
        {"listener disabled", dword(rdp, "fEnableWinStation", 0), {"listener.disabled critical"}},
        {"change logon /disable", dword(ts, "TSUserEnabled", 1), {"listener.logons_disabled critical TSUserEnabled"}},
        {"logons of the listener",
         dword(rdp, "fLogonDisabled", 1),
         {"listener.logons_disabled critical fLogonDisabled"}},
        {"drain until restart", dword(ts, "TSServerDrainMode", 1), {"listener.drain_mode warning"}},
        {"drain", dword(ts, "TSServerDrainMode", 2), {"listener.drain_mode warning"}},
        {"drain in RDP-Tcp", dword(rdp, "TSServerDrainMode", 1), {"listener.drain_mode warning"}},
        {"no drain in RDP-Tcp", dword(rdp, "TSServerDrainMode", 0), {}},
        {"drain 3", dword(ts, "TSServerDrainMode", 3), {"listener.invalid_value warning TSServerDrainMode"}},
        {"SecurityLayer 3", dword(rdp, "SecurityLayer", 3), {"listener.security_layer_invalid critical SecurityLayer"}},
        {"SecurityLayer 1", dword(rdp, "SecurityLayer", 1), {}},
        {"UserAuthentication 2",
         dword(rdp, "UserAuthentication", 2),
         {"listener.nla_invalid warning UserAuthentication"}},
        {"MinEncryptionLevel 0",
         dword(rdp, "MinEncryptionLevel", 0),
         {"listener.encryption_level_invalid warning MinEncryptionLevel"}},
        {"MinEncryptionLevel 4", dword(rdp, "MinEncryptionLevel", 4), {}},
        {"MaxInstanceCount 0", dword(rdp, "MaxInstanceCount", 0), {"listener.invalid_value warning MaxInstanceCount"}},
        {"MaxInstanceCount 2", dword(rdp, "MaxInstanceCount", 2), {}},
        {"no negotiation", dword(rdp, "fAllowSecProtocolNegotiation", 0), {"listener.negotiation_disabled warning"}},
        {"domain credentials", dword(lsa, "disabledomaincreds", 1), {"listener.domain_credentials_not_stored info"}},
        {"policy over a bad local value",
         [&](FakeHost& host) {
             host.set_dword(rdp, "SecurityLayer", 9);
             host.set_dword(policy, "SecurityLayer", 2);
         },
         {}},
        {"port 0", dword(rdp, "PortNumber", 0), {"listener.port_invalid critical"}},
        {"port 70000", dword(rdp, "PortNumber", 70000), {"listener.port_invalid critical"}},
        {"port as text",
         [&](FakeHost& host) { host.set_text(rdp, "PortNumber", "3389"); },
         {"listener.port_invalid critical"}},
        {"port not set", [&](FakeHost& host) { host.registry[FakeHost::lower(rdp.key)].erase("PortNumber"); }, {}},
        {"SecurityLayer as text",
         [&](FakeHost& host) { host.set_text(rdp, "SecurityLayer", "2"); },
         {"listener.security_layer_invalid warning SecurityLayer"}},
        {"bound to an adapter that is there", dword(rdp, "LanAdapter", 1), {}},
        {"quoted name",
         dword(rdp, "'SecurityLayer'", 1),
         {"listener.misnamed_value info HKLM\\" + rdp.key + ": 'SecurityLayer'"}},
        {"blank before a name",
         dword(policy, " MaxIdleTime", 1),
         {"listener.misnamed_value info HKLM\\" + policy.key + ":  MaxIdleTime"}},
        {"quoted name of the certificate", dword(rdp, "'SSLCertificateSHA1Hash'", 1), {}},
    });
}

TEST_CASE("settings of reconnection and keep-alive are judged by type and range, and by what they do elsewhere") {
    const RegistryPath& rdp = keys::rdp_tcp;
    check({
        {"no reconnection", dword(policy, "fDisableAutoReconnect", 1), {}},
        {"no reconnection, 2",
         dword(policy, "fDisableAutoReconnect", 2),
         {"listener.invalid_value info fDisableAutoReconnect"}},
        {"the same client", dword(rdp, "fReconnectSame", 1), {}},
        {"the same client, 2", dword(rdp, "fReconnectSame", 2), {"listener.invalid_value info fReconnectSame"}},
        {"inherited, 2", dword(rdp, "fInheritReconnectSame", 2), {"listener.invalid_value info fInheritReconnectSame"}},
        {"keep-alive off", dword(policy, "KeepAliveEnable", 0), {}},
        {"keep-alive on", dword(policy, "KeepAliveEnable", 1), {}},
        {"keep-alive 2", dword(policy, "KeepAliveEnable", 2), {"listener.invalid_value info KeepAliveEnable"}},
        {"every minute", dword(policy, "KeepAliveInterval", 1), {}},
        {"every two years", dword(policy, "KeepAliveInterval", 999'999), {}},
        {"every 0 minutes", dword(policy, "KeepAliveInterval", 0), {"listener.invalid_value info KeepAliveInterval"}},
        {"an interval beyond the policy's",
         dword(policy, "KeepAliveInterval", 1'000'000),
         {"listener.invalid_value info KeepAliveInterval"}},
        {"the listener's own, as guides set it", dword(rdp, "KeepAliveTimeout", 1), {}},
        {"the listener's own as text",
         [&](FakeHost& host) { host.set_text(rdp, "KeepAliveTimeout", "1"); },
         {"listener.invalid_value info KeepAliveTimeout"}},
        {"in the key of the other",
         [&](FakeHost& host) {
             host.set_dword(rdp, "KeepAliveEnable", 9);
             host.set_dword(policy, "fReconnectSame", 9);
         },
         {}},
    });
    FakeHost host = healthy();
    host.set_text(policy, "KeepAliveEnable", "1");
    REQUIRE(lines(host) == Lines{"listener.invalid_value info KeepAliveEnable"});
    CHECK(findings(host)[0].policy == label(policy, "KeepAliveEnable"));
    CHECK(findings(host)[0].repair.empty());
}

TEST_CASE("a policy that owns a value is named") {
    FakeHost host = healthy();
    host.set_dword(policy, "SecurityLayer", 7);
    REQUIRE(lines(host) == Lines{"listener.security_layer_invalid critical SecurityLayer"});
    CHECK(findings(host)[0].policy == label(policy, "SecurityLayer"));
    host.set_text(policy, "SecurityLayer", "2");
    REQUIRE(lines(host) == Lines{"listener.security_layer_invalid warning SecurityLayer"});
    CHECK(findings(host)[0].policy == label(policy, "SecurityLayer"));
    host = healthy();
    host.set_dword(policy, "UserAuthentication", 0);
    REQUIRE(lines(host) == Lines{"listener.weakened_by_prior_repair warning"});
    CHECK(findings(host)[0].policy == label(policy, "UserAuthentication"));
    CHECK(findings(host)[0].repair.empty());
}

TEST_CASE("what quick repairs leave behind is one finding with all of it") {
    FakeHost host = healthy();
    host.set_dword(keys::rdp_tcp, "SecurityLayer", 0);
    host.set_dword(keys::rdp_tcp, "MinEncryptionLevel", 1);
    host.set_dword(keys::rdp_tcp, "UserAuthentication", 0);
    REQUIRE(lines(host) == Lines{"listener.weakened_by_prior_repair warning"});
    CHECK(findings(host)[0].evidence.size() == 3);
    CHECK(findings(host)[0].repair == "listener");
    CHECK(findings(host)[0].policy.empty());
    for (const char* one : {"SecurityLayer", "UserAuthentication"}) {
        host = healthy();
        host.set_dword(keys::rdp_tcp, one, 0);
        CHECK(lines(host) == Lines{"listener.weakened_by_prior_repair warning"});
    }
}

TEST_CASE("Windows 7 has no NLA as installed, and an unknown Windows is not guessed") {
    FakeHost host = healthy();
    host.set_dword(keys::rdp_tcp, "UserAuthentication", 0);
    host.set_text(keys::windows_version, "CurrentBuildNumber", "7601");
    CHECK(lines(host) == Lines{});
    host.fail("registry_value HKLM\\" + keys::windows_version.key + ": CurrentBuildNumber",
              {Errc::access_denied, 5, "x"});
    CHECK(lines(host) ==
          Lines{"listener.unknown unknown the build of Windows, on which it depends whether NLA is on by default"});
    host.set_dword(keys::rdp_tcp, "UserAuthentication", 1);
    CHECK(lines(host) == Lines{});
}

TEST_CASE("a local deny under a policy that allows is a fault of its own") {
    FakeHost host = healthy();
    host.set_dword(policy, "fDenyTSConnections", 0);
    CHECK(lines(host) == Lines{});
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    CHECK(lines(host) == Lines{"listener.local_deny_under_policy warning"});
    host.set_dword(policy, "fDenyTSConnections", 1);
    CHECK(lines(host) == Lines{});
}

TEST_CASE("on a host with Remote Desktop off nothing is worse than an info, and nobody is asked for the port") {
    FakeHost host = healthy();
    host.set_dword(keys::rdp_tcp, "SecurityLayer", 9);
    nobody_listens(host);
    SECTION("locally") { host.set_dword(keys::terminal_server, "fDenyTSConnections", 1); }
    SECTION("by policy") { host.set_dword(policy, "fDenyTSConnections", 1); }
    SECTION("as Windows is installed") {
        host.registry[FakeHost::lower(keys::terminal_server.key)].erase("fDenyTSConnections");
    }
    CHECK(lines(host) == Lines{"listener.security_layer_invalid info SecurityLayer"});
}

TEST_CASE("a missing or plundered listener key is found") {
    FakeHost host = healthy();
    host.registry[FakeHost::lower(keys::rdp_tcp.key)].erase("WdName");
    CHECK(lines(host) == Lines{"listener.broken warning"});
    host.registry.erase(FakeHost::lower(keys::rdp_tcp.key));
    nobody_listens(host);
    CHECK(lines(host) == Lines{"listener.missing critical"});
}

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

TEST_CASE("a setting of the listener that cannot be read is unknown, neither good nor bad") {
    const Error denied{Errc::access_denied, 5, "x"};
    check({
        {"a number",
         [&](FakeHost& host) { host.fail("registry_value HKLM\\" + keys::rdp_tcp.key + ": SecurityLayer", denied); },
         {"listener.unknown unknown SecurityLayer"}},
        {"the port",
         [&](FakeHost& host) { host.fail("registry_value HKLM\\" + keys::rdp_tcp.key + ": PortNumber", denied); },
         {"listener.unknown unknown PortNumber"}},
        {"the key",
         [&](FakeHost& host) { host.fail("registry_values HKLM\\" + keys::rdp_tcp.key, denied); },
         {"listener.unknown unknown HKLM\\" + keys::rdp_tcp.key}},
        {"the policies",
         [&](FakeHost& host) { host.fail("registry_values HKLM\\" + policy.key, denied); },
         {"listener.unknown unknown HKLM\\" + policy.key}},
        {"the listeners",
         [&](FakeHost& host) { host.listeners = denied; },
         {"listener.unknown unknown who listens on TCP port 3389"}},
        {"the UDP endpoints",
         [&](FakeHost& host) { host.give("udp_endpoints", denied); },
         {"listener.unknown unknown who holds UDP port 3389"}},
        {"the listeners, where the session manager has no listener either",
         [&](FakeHost& host) {
             host.listeners = denied;
             host.session_list = std::vector<Session>{session(0, "Services", SessionState::disconnected)};
         },
         {"listener.unknown unknown who listens on TCP port 3389", "listener.absent critical"}},
        {"the listeners and the sessions",
         [&](FakeHost& host) {
             host.listeners = denied;
             host.session_list = std::vector<Session>{};
         },
         {"listener.unknown unknown who listens on TCP port 3389"}},
        {"TermService, which its own probe reports",
         [&](FakeHost& host) { host.fail("service TermService", denied); },
         {}},
    });
}
