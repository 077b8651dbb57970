// Does the probe see what keeps SessionEnv and UmRdpService from starting?
#include "tests/probes/termservice_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing::services;
using testing::FakeHost;

namespace {

// SessionEnv does not run, and depends on what TermService does not.
FakeHost without_session_env() {
    FakeHost host = healthy();
    host.services["sessionenv"] = service("SessionEnv", ServiceState::stopped, StartType::manual);
    host.services["sessionenv"].depends_on = {"RPCSS", "LanmanWorkstation"};
    host.services["lanmanworkstation"] = service("LanmanWorkstation", ServiceState::running, StartType::automatic);
    return host;
}

Lines lines_of(const FakeHost& host) { return lines(findings(host)); }

} // namespace

TEST_CASE("a disabled workstation service keeps SessionEnv from making the certificate") {
    FakeHost host = without_session_env();
    CHECK(lines_of(host) == Lines{});
    host.services["lanmanworkstation"] = service("LanmanWorkstation", ServiceState::stopped, StartType::disabled);
    REQUIRE(lines_of(host) == Lines{"termservice.companion_dependency critical SessionEnv"});
    const Finding finding = findings(host)[0];
    CHECK(finding.text.find("LanmanWorkstation is disabled, and SessionEnv does not start without it") == 0);
    CHECK(finding.evidence == std::vector<std::string>{"service LanmanWorkstation: start type disabled",
                                                       "service SessionEnv depends on LanmanWorkstation"});
    host.services.erase("lanmanworkstation");
    CHECK(lines_of(host) == Lines{"termservice.companion_dependency critical SessionEnv"});
    host.fail("service LanmanWorkstation", Error{Errc::access_denied, 5, "OpenServiceW"});
    CHECK(lines_of(host) == Lines{"termservice.unknown unknown LanmanWorkstation"});
}

TEST_CASE("a disabled driver keeps UmRdpService from redirecting devices") {
    FakeHost host = healthy();
    host.services["umrdpservice"] = service("UmRdpService", ServiceState::stopped, StartType::manual);
    host.services["umrdpservice"].depends_on = {"TermService", "RDPDR"};
    host.services["rdpdr"] = service("RDPDR", ServiceState::stopped, StartType::disabled);
    CHECK(lines_of(host) == Lines{"termservice.companion_dependency warning UmRdpService"});
}

TEST_CASE("what a companion depends on is not asked for where that would say nothing") {
    FakeHost host = without_session_env();
    host.services["lanmanworkstation"].start = StartType::disabled;
    SECTION("it runs") { host.services["sessionenv"].state = ServiceState::running; }
    SECTION("Remote Desktop is off") {
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
        CHECK(lines_of(host) == Lines{"termservice.rdp_off info "});
    }
    SECTION("TermService does not run") {
        host.services["termservice"].state = ServiceState::stopped;
        host.services["termservice"].process_id = 0;
    }
    SECTION("it is disabled itself") { host.services["sessionenv"].start = StartType::disabled; }
    const auto facts = termservice::collect(host);
    REQUIRE(facts.has_value());
    CHECK(facts->companion_dependencies.empty());
}
