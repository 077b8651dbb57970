// Does each answer of a listener become the right finding, with the right cause and repair?
#include "tests/probes/handshake_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace rdpmedic::testing::handshakes;

namespace {

Session listening(std::string station) {
    Session session;
    session.id = 65536;
    session.state = SessionState::listen;
    session.station = std::move(station);
    return session;
}

} // namespace

TEST_CASE("a healthy listener has no findings") { CHECK(codes(run(healthy(certificate()))) == ""); }

TEST_CASE("a handshake that could not be tried is an error, never a verdict") {
    FakeHost host;
    host.handshake = Error{Errc::io, 10106, "socket(127.0.0.1:3389)"};
    const auto findings = handshake::probe({}).run(host, at(now));
    REQUIRE(findings.has_error());
    CHECK(findings.error().native == 10106);
}

TEST_CASE("a listener that answers although Remote Desktop is switched off is judged") {
    FakeHost host = healthy(certificate());
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    HandshakeFacts facts = served(certificate());
    facts.stage = HandshakeStage::tls_reset;
    host.handshake = facts;
    // The repair cert has nothing to do on a host that is switched off.
    CHECK(codes(run(host)) == "handshake.tls_reset");
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

TEST_CASE("a refusal where another product serves connections is no fault") {
    FakeHost host = healthy(certificate());
    host.handshake->stage = HandshakeStage::refused;
    host.handshake->local_address.clear();
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
