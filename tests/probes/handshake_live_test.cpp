// Does each way in which a real connection can fail become the right finding, with the right cause and repair?
#include "probes/network/rdp_handshake.hpp"
#include "probes/termservice.hpp"
#include "tests/probes/handshake_findings.hpp"
#include "tests/support/scripted_peer.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace rdpmedic::testing::handshakes;
using std::chrono::milliseconds;

namespace {

const MadeCertificate& live_certificate() {
    static const MadeCertificate made = certificate();
    return made;
}

// A host whose handshake is a real one, over loopback.
struct LiveHost : FakeHost {
    mutable Endpoint asked;
    LiveHost() : FakeHost(healthy(live_certificate())) {}
    Result<HandshakeFacts> rdp_handshake(const Endpoint& target) const override {
        asked = target;
        return rdpmedic::rdp_handshake(target,
                                       {milliseconds{2000}, milliseconds{300}, milliseconds{300}, milliseconds{100}});
    }
};

Bytes confirm(std::uint8_t type, std::uint8_t number) {
    return {3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, type, 0x1F, 8, 0, number, 0, 0, 0};
}

} // namespace

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
        {{ask, Send{confirm(2, 1)}, ServeTls{live_certificate()}}, Ending::hang, "handshake.no_nla", Severity::warning},
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
        CHECK(codes(findings) == "handshake.unknown handshake.refused"); // no repair starts what may be meant to be off
        CHECK(findings[0].severity == Severity::unknown);
        CHECK(findings[0].subject == "fDenyTSConnections");
    }
    SECTION("a switch that means nothing is told by the probe termservice, and is evidence here") {
        host.set_text(keys::terminal_server, "fDenyTSConnections", "0");
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.refused");
        CHECK(mentions(findings[0], "expected REG_DWORD"));
    }
    SECTION("a switch that is not set is said where it may be the cause") {
        host.registry[FakeHost::lower(keys::terminal_server.key)].clear();
        const std::vector<Finding> findings = run(host);
        REQUIRE(codes(findings) == "handshake.refused");
        CHECK(mentions(findings[0], "fDenyTSConnections is not set"));
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
        host.fail("service TermService", {Errc::access_denied, 5, "OpenServiceW"}); // then no repair is known to help
        CHECK(codes(run(host)) == "handshake.refused");
    }
    SECTION("all adapters and an enabled listener leave it") {
        host.set_dword(keys::rdp_tcp, "LanAdapter", 0);
        host.set_dword(keys::rdp_tcp, "fEnableWinStation", 1);
        CHECK(codes(run(host)) == "handshake.refused+termservice");
    }
}
