// Is every setting of the listener judged by what is known, and by nothing else?
#include "tests/probes/listener_findings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::listener;
using namespace rdpmedic::testing::listeners;
using testing::FakeHost;

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
         {"listener.port_invalid warning"}},
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

TEST_CASE("a port number of the wrong type is critical only where TermService listens nowhere") {
    FakeHost host = healthy();
    host.set_text(keys::rdp_tcp, "PortNumber", "4000");
    SECTION("it listens, and the port is named") {
        CHECK(lines(host) == Lines{"listener.port_invalid warning"});
        CHECK(mentions(findings(host)[0], "TermService listens on TCP port 3389:"));
        CHECK(read_port_number(host).value() == 3389U);
    }
    SECTION("on another port, beside one of RPC") {
        host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3390, term_process, "svchost.exe"},
                                                  {"0.0.0.0", 49670, term_process, "svchost.exe"}};
        CHECK(lines(host) == Lines{"listener.port_invalid warning"});
        CHECK(mentions(findings(host)[0], "TermService listens on TCP port 3390:"));
        CHECK(read_port_number(host).value() == 3390U);
    }
    SECTION("in a shared process, which of its ports is RDP is not known") {
        host.services["termservice"].services_in_process = 4;
        host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3390, term_process, "svchost.exe"}};
        CHECK(lines(host) == Lines{"listener.port_invalid warning"});
        CHECK_FALSE(mentions(findings(host)[0], "TermService listens"));
        CHECK(read_port_number(host).error().code == Errc::malformed);
    }
    SECTION("nowhere") {
        nobody_listens(host);
        CHECK(lines(host) == Lines{"listener.port_invalid critical"});
        CHECK(mentions(findings(host)[0], "listens nowhere"));
        CHECK(read_port_number(host).error().code == Errc::malformed);
    }
    SECTION("the table cannot be read") {
        host.listeners = Error{Errc::access_denied, 5, "GetExtendedTcpTable"};
        CHECK(lines(host) ==
              Lines{"listener.unknown unknown on which port TermService listens", "listener.port_invalid warning"});
    }
    SECTION("Remote Desktop is off") {
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
        CHECK(lines(host) == Lines{"listener.port_invalid info"});
    }
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
