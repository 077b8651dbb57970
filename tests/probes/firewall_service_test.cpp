// Is what keeps the firewall's service from starting named?
#include "probes/firewall.hpp"

#include "tests/probes/recorded_hosts.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using testing::FakeHost;

namespace {

// MpsSvc is stopped on a host with RDP on; its driver is there.
FakeHost stopped() {
    FakeHost host;
    host.services["bfe"].state = ServiceState::running;
    ServiceFacts& service = host.services["mpssvc"];
    service.state = ServiceState::stopped;
    service.start = StartType::automatic;
    service.depends_on = {"mpsdrv", "bfe"};
    host.services["mpsdrv"].start = StartType::manual;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    return host;
}

Finding finding_of(const FakeHost& host) {
    const auto all = firewall::judge(firewall::collect(host).value(), JudgeContext{});
    const auto found = std::find_if(
        all.begin(), all.end(), [](const Finding& finding) { return finding.code == "firewall.service_not_running"; });
    REQUIRE(found != all.end());
    return *found;
}

} // namespace

TEST_CASE(
    "a driver that is disabled is named with the service that does not start without it, and no repair is offered") {
    FakeHost host = stopped();
    CHECK(finding_of(host).repair == "firewall");
    CHECK(finding_of(host).text.find("mpsdrv") == std::string::npos);
    host.services["mpsdrv"].start = StartType::disabled;
    CHECK(finding_of(host).text.find("; mpsdrv, which it depends on, is disabled") != std::string::npos);
    CHECK(finding_of(host).evidence.back() == "service mpsdrv: start type disabled");
    CHECK(finding_of(host).repair.empty());
    host.services.erase("mpsdrv");
    CHECK(finding_of(host).text.find("; mpsdrv, which it depends on, does not exist") != std::string::npos);
}

TEST_CASE("a driver that cannot be read is evidence and takes no repair away") {
    FakeHost host = stopped();
    host.fail("service mpsdrv", Error{Errc::access_denied, 5, "OpenServiceW(mpsdrv)"});
    CHECK(finding_of(host).evidence.back().find("OpenServiceW(mpsdrv)") != std::string::npos);
    CHECK(finding_of(host).repair == "firewall");
}

TEST_CASE("while the firewall's service runs, nobody asks for what it depends on") {
    FakeHost host = stopped();
    host.services["mpssvc"].state = ServiceState::running;
    CHECK(firewall::collect(host)->dependencies.empty());
}
