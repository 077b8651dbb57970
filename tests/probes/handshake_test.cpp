// Does each way in which a listener can fail become the right finding, with the right cause and repair?
#include "probes/network/rdp_handshake.hpp"
#include "probes/termservice.hpp"
#include "tests/probes/handshake_findings.hpp"
#include "tests/support/scripted_peer.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace rdpmedic::testing::handshakes;
using std::chrono::milliseconds;

namespace {

// A host whose handshake is a real one, over loopback.
struct LiveHost : FakeHost {
    mutable Endpoint asked;
    LiveHost() { services["termservice"] = ServiceFacts{}; }
    Result<HandshakeFacts> rdp_handshake(const Endpoint& target) const override {
        asked = target;
        return rdpmedic::rdp_handshake(target,
                                       {milliseconds{2000}, milliseconds{300}, milliseconds{300}, milliseconds{100}});
    }
};

Session listening(std::string station) {
    Session session;
    session.id = 65536;
    session.state = SessionState::listen;
    session.station = std::move(station);
    return session;
}

Bytes confirm(std::uint8_t type, std::uint8_t number) {
    return {3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, type, 0x1F, 8, 0, number, 0, 0, 0};
}

} // namespace

TEST_CASE("a healthy listener has no findings") { CHECK(codes(run(healthy(certificate()))) == ""); }

// Wine sometimes delivers a reset of its own processes as an end of file. Elsewhere the two are told apart.
std::string as_seen_here(std::string seen, [[maybe_unused]] const std::string& expected) {
#ifdef _WIN32
    if (const auto at = expected.find("reset"); at != std::string::npos && seen.find("closed") == at)
        seen.replace(at, 6, "reset");
#endif
    return seen;
}

TEST_CASE("each way in which a real connection ends has its own code and repair") {
    struct Row {
        std::vector<Step> script;
        Ending ending;
        std::string codes;
        Severity severity;
    };
    const ReadSome ask;
    const Send nla{confirm(2, 2)};
    const auto row = GENERATE_COPY(values<Row>({
        {{ask}, Ending::close, "handshake.closed_before_reply+termservice", Severity::critical},
        {{ask}, Ending::reset, "handshake.reset_before_reply+termservice", Severity::critical},
        {{ask}, Ending::hang, "handshake.no_reply+termservice", Severity::critical},
        {{ask, Send{{'H', 'T', 'T', 'P', '/', '1'}}}, Ending::close, "handshake.not_rdp", Severity::critical},
        {{ask, Send{{3, 0, 0, 19, 14}}}, Ending::close, "handshake.malformed_reply", Severity::critical},
        {{ask, Send{{3, 0, 0, 11, 6, 0x80, 0, 0, 0, 0, 1}}},
         Ending::close,
         "handshake.x224_refused",
         Severity::critical},
        {{ask, Send{confirm(3, 1)}}, Ending::close, "handshake.ssl_required", Severity::critical},
        {{ask, Send{confirm(3, 2)}}, Ending::close, "handshake.legacy_security", Severity::warning},
        {{ask, Send{confirm(3, 3)}}, Ending::close, "handshake.no_certificate+cert", Severity::critical},
        {{ask, Send{confirm(3, 4)}}, Ending::close, "handshake.inconsistent_flags", Severity::critical},
        {{ask, Send{confirm(3, 5)}}, Ending::close, "handshake.nla_required", Severity::critical},
        {{ask, Send{confirm(3, 6)}}, Ending::close, "handshake.client_certificate_required", Severity::critical},
        {{ask, Send{confirm(3, 99)}}, Ending::close, "handshake.negotiation_refused", Severity::critical},
        {{ask, Send{confirm(2, 0)}}, Ending::close, "handshake.legacy_security", Severity::warning},
        {{ask, Send{{3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0}}},
         Ending::close,
         "handshake.legacy_security",
         Severity::warning},
        {{ask, Send{{3, 0, 0, 9, 4, 0x70, 0, 0, 1}}}, Ending::close, "handshake.x224_refused", Severity::critical},
        {{ask, nla, ask}, Ending::close, "handshake.tls_closed+cert", Severity::critical},
        {{ask, nla, ask}, Ending::reset, "handshake.tls_reset+cert", Severity::critical},
        {{ask, nla, ask}, Ending::hang, "handshake.tls_silent", Severity::critical},
        {{ask, nla, ask, Send{{21, 3, 3, 0, 2, 2, 80}}}, Ending::close, "handshake.tls_alert+cert", Severity::critical},
        {{ask, nla, ask, Send{{21, 3, 3, 0, 2, 2, 40}}}, Ending::close, "handshake.tls_alert", Severity::critical},
        {{ask, nla, ask, Send{{21, 3, 3, 0, 2, 2, 70}}}, Ending::close, "handshake.tls_alert", Severity::critical},
        {{ask, nla, ask, Send{{21, 3, 3, 0, 2, 2, 71}}}, Ending::close, "handshake.tls_alert", Severity::critical},
        {{ask, nla, ask, Send{{21, 3, 3, 0, 2, 2, 200}}}, Ending::close, "handshake.tls_alert", Severity::critical},
        {{ask, nla, ask, Send{{'n', 'o', ' ', 't', 'l', 's', '!'}}},
         Ending::close,
         "handshake.tls_failed",
         Severity::critical},
        {{ask, Send{confirm(2, 1)}, ServeTls{certificate()}}, Ending::hang, "handshake.no_nla", Severity::warning},
    }));
    const ScriptedPeer peer(row.script, row.ending);
    LiveHost host;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::rdp_tcp, "PortNumber", peer.endpoint().port);
    const std::vector<Finding> findings = run(host);
    REQUIRE(as_seen_here(codes(findings), row.codes) == row.codes);
    CHECK(findings[0].severity == row.severity);
    CHECK(mentions(findings[0], "PortNumber = " + std::to_string(peer.endpoint().port)));
    CHECK(mentions(findings[0], "connect: 127.0.0.1:"));
    CHECK(mentions(findings[0], " ms"));
}

TEST_CASE("which TLS alert it was is said, for whoever asks for the cause") {
    const std::uint8_t alert = GENERATE(std::uint8_t{40}, std::uint8_t{70}, std::uint8_t{80});
    const ReadSome ask;
    const ScriptedPeer peer({ask, Send{confirm(2, 2)}, ask, Send{{21, 3, 3, 0, 2, 2, alert}}}, Ending::close);
    LiveHost host;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::rdp_tcp, "PortNumber", peer.endpoint().port);
    CHECK(run(host).at(0).subject == "alert " + std::to_string(alert));
}

TEST_CASE("a refusal, an unreachable address and an unknown name are told apart") {
    LiveHost host;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::rdp_tcp, "PortNumber", closed_port());
    CHECK(codes(run(host)) == "handshake.refused+termservice");
    CHECK(codes(run(host, "127.255.255.255")) == "handshake.unreachable");
    const std::vector<Finding> findings = run(host, "no-such-host.invalid");
    CHECK(codes(findings) == "handshake.resolve_failed");
    CHECK(findings.at(0).severity == Severity::unknown);
}

TEST_CASE("the port comes from the registry, and 3389 counts where it is not set") {
    LiveHost host;
    host.set_dword(keys::rdp_tcp, "PortNumber", closed_port());
    run(host);
    CHECK(host.asked.port == handshake::listener_port(host).value());
    host.registry.clear();
    CHECK(handshake::listener_port(host).value() == 3389);
}

TEST_CASE("a port that is no port makes the probe unknown, and nothing is connected to") {
    LiveHost host;
    const auto value =
        GENERATE(values<RegistryValue>({{4, 0u}, {4, 65536u}, {4, 4294967295u}, {1, std::string("3389")}}));
    host.set(keys::rdp_tcp, "PortNumber", value);
    const auto findings = handshake::probe({}).run(host, at(now));
    REQUIRE(findings.has_error());
    CHECK(findings.error().code == Errc::malformed);
    CHECK(findings.error().where.find("PortNumber") != std::string::npos);
    CHECK(host.asked.host.empty());
}

TEST_CASE("a handshake that could not be tried is an error, never a verdict") {
    FakeHost host;
    host.handshake = Error{Errc::io, 10106, "socket(127.0.0.1:3389)"};
    const auto findings = handshake::probe({}).run(host, at(now));
    REQUIRE(findings.has_error());
    CHECK(findings.error().native == 10106);
}

TEST_CASE("a host on which Remote Desktop is switched off is no fault, and says who switched it off") {
    LiveHost host;
    host.set_dword(keys::rdp_tcp, "PortNumber", closed_port());
    SECTION("locally") {
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.rdp_off");
        CHECK(findings[0].severity == Severity::info);
        CHECK(findings[0].policy.empty());
        CHECK(mentions(findings[0], R"(Control\Terminal Server: fDenyTSConnections = 1)"));
    }
    SECTION("by Group Policy, over a local value that allows it") {
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
        host.set_dword(keys::terminal_services_policy, "fDenyTSConnections", 1);
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.rdp_off");
        CHECK(findings[0].policy ==
              R"(HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services: fDenyTSConnections)");
    }
    SECTION("a policy that allows it beats the local value") {
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
        host.set_dword(keys::terminal_services_policy, "fDenyTSConnections", 0);
        CHECK(codes(run(host)) == "handshake.refused+termservice");
    }
    SECTION("a switch that cannot be read is unknown, and the refusal is still said") {
        host.fail("registry_value HKLM\\" + keys::terminal_services_policy.key + ": fDenyTSConnections",
                  {Errc::access_denied, 5, "RegQueryValueExW"});
        const std::vector<Finding> findings = run(host);
        CHECK(codes(findings) == "handshake.unknown handshake.refused+termservice");
        CHECK(findings[0].severity == Severity::unknown);
        CHECK(findings[0].subject == "fDenyTSConnections");
    }
    SECTION("a switch that means nothing is told by the probe termservice, and is evidence here") {
        host.set_text(keys::terminal_server, "fDenyTSConnections", "0");
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.refused+termservice");
        CHECK(mentions(findings[0], "expected REG_DWORD"));
    }
    SECTION("a switch that is not set is said where it may be the cause") {
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.refused+termservice");
        CHECK(mentions(findings[0], "fDenyTSConnections is not set"));
    }
}

TEST_CASE("a listener that answers although Remote Desktop is switched off is judged") {
    FakeHost host = healthy(certificate());
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    HandshakeFacts facts = served(certificate());
    facts.stage = HandshakeStage::tls_reset;
    host.handshake = facts;
    CHECK(codes(run(host)) == "handshake.tls_reset+cert");
}

TEST_CASE("where somebody chose the certificate, no handshake offers to make another") {
    const MadeCertificate pinned = certificate("pinned");
    FakeHost host = healthy(certificate());
    host.stores["My"] = {stored(pinned)};
    host.set(keys::rdp_tcp, "SSLCertificateSHA1Hash", {3, bytes_of_hex(pinned.thumbprint)});
    HandshakeFacts facts = served(pinned);
    facts.stage = HandshakeStage::tls_reset;
    host.handshake = facts;
    const std::vector<Finding> findings = run(host);
    REQUIRE(codes(findings) == "handshake.tls_reset");
    CHECK(mentions(findings[0], pinned.thumbprint + ", chosen (SSLCertificateSHA1Hash)"));
    SECTION("and none where it cannot be told") {
        host.fail("registry_value HKLM\\" + keys::rdp_tcp.key + ": SSLCertificateSHA1Hash",
                  {Errc::access_denied, 5, "RegQueryValueExW"});
        CHECK(codes(run(host)) == "handshake.tls_reset");
    }
    SECTION("its own one it replaces") {
        host.set(keys::rdp_tcp, "SSLCertificateSHA1Hash", {3, Bytes(20)});
        CHECK(codes(run(host)) == "handshake.tls_reset+cert");
    }
}

TEST_CASE("a refusal that no restart cures offers no repair") {
    LiveHost host;
    host.set_dword(keys::rdp_tcp, "PortNumber", closed_port());
    SECTION("the listener is disabled") {
        host.set_dword(keys::rdp_tcp, "fEnableWinStation", 0);
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.refused");
        CHECK(mentions(findings[0], "fEnableWinStation = 0"));
    }
    SECTION("the listener is bound to one adapter") {
        host.set_dword(keys::rdp_tcp, "LanAdapter", 2);
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.refused");
        CHECK(mentions(findings[0], "LanAdapter = 2"));
    }
    SECTION("the program of TermService is missing") {
        host.set_text(termservice::parameters_key, "ServiceDll", R"(C:\rdpwrap\rdpwrap.dll)");
        host.fail(R"(file C:\rdpwrap\rdpwrap.dll)", {Errc::not_found, 2, R"(C:\rdpwrap\rdpwrap.dll)"});
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.refused");
        CHECK(mentions(findings[0], "rdpwrap.dll"));
        host.files[R"(c:\rdpwrap\rdpwrap.dll)"] = FileFacts{};
        host.failures.clear();
        CHECK(codes(run(host)) == "handshake.refused+termservice");
    }
    SECTION("TermService does not exist") {
        host.services.clear();
        CHECK(codes(run(host)) == "handshake.refused");
        host.fail("service TermService", {Errc::access_denied, 5, "OpenServiceW"}); // which says nothing
        CHECK(codes(run(host)) == "handshake.refused+termservice");
    }
    SECTION("all adapters and an enabled listener leave it") {
        host.set_dword(keys::rdp_tcp, "LanAdapter", 0);
        host.set_dword(keys::rdp_tcp, "fEnableWinStation", 1);
        CHECK(codes(run(host)) == "handshake.refused+termservice");
    }
}

TEST_CASE("a refusal where another product serves connections is no fault") {
    FakeHost host = healthy(certificate());
    host.handshake->stage = HandshakeStage::refused;
    host.handshake->local_address.clear();
    ServiceFacts service;
    service.state = ServiceState::running;
    service.process_id = 1000;
    host.services["termservice"] = service;
    host.set_text(keys::rdp_tcp, "LoadableProtocol_Object", "{5828227c-20cf-4408-b73f-73ab70b8849f}");
    REQUIRE(codes(run(host)) == "handshake.refused+termservice"); // the protocol of Windows
    SECTION("a session of Windows' own listener is none of another product") {
        host.session_list->push_back(listening("RDP-Tcp"));
        CHECK(codes(run(host)) == "handshake.refused+termservice");
    }
    SECTION("the side-by-side stack of Azure Virtual Desktop") {
        host.session_list->push_back(listening("rdp-sxs240705700"));
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.third_party_stack");
        CHECK(mentions(findings[0], "rdp-sxs240705700"));
    }
    SECTION("Citrix") {
        host.set_text(keys::rdp_tcp, "CitrixBackupRdpTcpLoadableProtocolObject",
                      "{5828227c-20cf-4408-b73f-73ab70b8849f}");
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.third_party_stack");
        CHECK(findings[0].severity == Severity::info);
        CHECK(mentions(findings[0], "CitrixBackupRdpTcpLoadableProtocolObject"));
        CHECK(mentions(findings[0], "connect: 127.0.0.1:3389"));
        // Its stack is part of TermService.
        host.services["termservice"].state = ServiceState::stopped;
        CHECK(codes(run(host)) == "handshake.refused+termservice");
        host.services["termservice"].state = ServiceState::running;
        // Who holds the port is not known: a fault, and no restart for it.
        host.listeners = Error{Errc::access_denied, 5, "GetExtendedTcpTable"};
        CHECK(codes(run(host)) == "handshake.refused");
        CHECK(run(host).at(0).severity == Severity::critical);
    }
    SECTION("another stack beside a listener that answers is not told") {
        host.set_dword(keys::rdp_tcp, "fReverseConnectMode", 1);
        CHECK(codes(run(host)) == "handshake.third_party_stack");
        host.handshake->stage = HandshakeStage::silent;
        CHECK(codes(run(host)) == "handshake.no_reply+termservice");
    }
}

TEST_CASE("a listener that is bound to one address is tried there and is well") {
    // Refuses, as a bound listener does, wherever else it is tried.
    struct BoundHost : FakeHost {
        explicit BoundHost(const FakeHost& host) : FakeHost(host) {}
        Result<HandshakeFacts> rdp_handshake(const Endpoint& target) const override {
            if (target == Endpoint{"192.0.2.1", 3389})
                return handshake;
            HandshakeFacts refused;
            refused.target = target;
            refused.stage = HandshakeStage::refused;
            return refused;
        }
    } host(healthy(certificate()));
    ServiceFacts service;
    service.state = ServiceState::running;
    service.process_id = 1000;
    host.services["termservice"] = service;
    host.set_dword(keys::rdp_tcp, "LanAdapter", 2);
    host.listeners = std::vector<TcpListener>{{"192.0.2.1", 3389, 1000, "svchost.exe"}};
    CHECK(codes(run(host)) == "");
    SECTION("what is wrong with it says where it was tried") {
        host.handshake->stage = HandshakeStage::tls_reset;
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.tls_reset+cert");
        CHECK(mentions(findings[0], "the listener is bound to 192.0.2.1:3389"));
    }
    SECTION("where the table cannot be read, that is said") {
        host.listeners = Error{Errc::access_denied, 5, "GetExtendedTcpTable"};
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.refused");
        CHECK(mentions(findings[0], "where the listener is bound is not known, so 127.0.0.1 was tried"));
        CHECK(findings[0].text.find("may listen on another address only") != std::string::npos);
    }
    SECTION("where it listens no more, the adapter may be gone") {
        host.listeners = std::vector<TcpListener>{};
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.refused");
        CHECK(findings[0].text.find("a single network adapter, which may be gone") != std::string::npos);
    }
    SECTION("an address that the administrator has set is tried all the same") {
        const std::vector<Finding> findings = run(host, "192.0.2.9");
        REQUIRE(codes(findings) == "handshake.refused");
        CHECK(mentions(findings[0], "rdp.address of the configuration = 192.0.2.9"));
    }
}

TEST_CASE("the program that owns the port instead is named") {
    FakeHost host = healthy(certificate());
    HandshakeFacts facts = served(certificate());
    facts.stage = HandshakeStage::not_rdp;
    facts.detail = "the answer looks like HTTP";
    host.handshake = facts;
    host.listeners = std::vector<TcpListener>{{"0.0.0.0", 3389, 4711, "nginx.exe"}, {"0.0.0.0", 80, 4, "System"}};
    const std::vector<Finding> findings = run(host);
    REQUIRE(codes(findings) == "handshake.not_rdp");
    CHECK(mentions(findings[0], "0.0.0.0:3389 belongs to nginx.exe (process id 4711)"));
    CHECK_FALSE(mentions(findings[0], "System"));
}

TEST_CASE("settings that a policy owns are named beside what they cause") {
    const MadeCertificate made = certificate();
    FakeHost host = healthy(made);
    HandshakeFacts facts = served(made);
    SECTION("standard RDP security") {
        facts.stage = HandshakeStage::legacy_only;
        host.handshake = facts;
        host.set_dword(keys::terminal_services_policy, "SecurityLayer", 0);
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.legacy_security");
        CHECK(findings[0].policy == R"(HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services: SecurityLayer)");
        CHECK(mentions(findings[0], "SecurityLayer = 0"));
    }
    SECTION("no NLA, set locally") {
        facts.selected = 1;
        host.handshake = facts;
        host.set_dword(keys::rdp_tcp, "UserAuthentication", 0);
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.no_nla");
        CHECK(findings[0].policy.empty());
        CHECK(mentions(findings[0], "RDP-Tcp: UserAuthentication = 0"));
    }
}

TEST_CASE("the probe asks at most every five minutes") {
    const Probe probe = handshake::probe({});
    CHECK(probe.id == "handshake");
    CHECK(probe.period == std::chrono::minutes{5});
    CHECK(probe.timeout == std::chrono::seconds{30});
}
