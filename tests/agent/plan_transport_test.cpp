// Does the repair of the transport switch UDP off and on, and leave what a policy says?
#include "tests/support/repair_bench.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

using Lines = std::vector<std::string>;

const RegistryPath policy = keys::terminal_services_policy;
const Options off{{"udp", "off"}}, on{{"udp", "on"}};
const std::string policy_file = R"(%SystemRoot%\System32\GroupPolicy\Machine\Registry.pol)";
const std::string value = "HKLM\\" + policy.key + ": SelectTransport";

Plan plan_for(const FakeHost& host, const Options& options) { return plan_of(transport_repair(), host, options); }

// As the policy editor writes it.
std::string utf16(const std::string& text) {
    std::string result;
    for (const char c : text)
        result += {c, '\0'};
    return result;
}

RdpHost host_with(std::uint32_t transport, const std::optional<std::string>& file = {}) {
    RdpHost host;
    host.set_dword(policy, "SelectTransport", transport);
    if (file)
        host.give("file_text " + policy_file, *file);
    else
        host.give("file_text " + policy_file, Error{Errc::not_found, 2, "CreateFileW"});
    return host;
}

} // namespace

TEST_CASE("the transport is not touched by who does not say how it should be") {
    RdpHost host;
    const Plan plan = plan_for(host, {});
    CHECK(plan.rungs.empty());
    CHECK_FALSE(plan.is_called_for());
    CHECK(obstacles_of(plan).find("udp=off or udp=on") != std::string::npos);
    RepairBench bench(transport_repair());
    CHECK(bench.refusal({}).text.find("udp=off or udp=on") != std::string::npos);
}

TEST_CASE("UDP is switched off by the value of the policy, with the keys that it needs") {
    RdpHost host;
    SECTION("no key is there") {
        host.set_dword({"SOFTWARE\\Policies\\Microsoft"}, "x", 1);
        const Plan plan = plan_for(host, off);
        REQUIRE(ladder_of(plan) == "select-transport");
        CHECK(changes_of(plan.rungs[0]) == Lines{R"(make the key HKLM\SOFTWARE\Policies\Microsoft\Windows NT)",
                                                 "make the key HKLM\\" + policy.key,
                                                 "set the value " + value + " to 1"});
    }
    SECTION("the key is there") {
        host.set_dword(policy, "fDenyTSConnections", 0);
        CHECK(changes_of(plan_for(host, off).rungs.at(0)) == Lines{"set the value " + value + " to 1"});
    }
    CHECK(plan_for(host, off).cures.empty());
    CHECK_FALSE(plan_for(host, off).rungs[0].disconnects_sessions);
}

TEST_CASE("a transport that is as asked needs nothing") {
    CHECK(plan_for(host_with(1), off).rungs.empty());
    CHECK(plan_for(host_with(1), off).obstacles.empty());
    for (const RdpHost& host : {RdpHost(), host_with(0), host_with(2)}) {
        CHECK(plan_for(host, on).rungs.empty());
        CHECK(plan_for(host, on).obstacles.empty());
    }
}

TEST_CASE("a transport that somebody has set by policy is refused with its name") {
    SECTION("another value") {
        const Plan plan = plan_for(host_with(2), off);
        CHECK(plan.rungs.empty());
        CHECK(plan.blocked_by_policy == value);
    }
    SECTION("a value of the wrong type") {
        RdpHost host;
        host.set_text(policy, "SelectTransport", "1");
        CHECK(plan_for(host, off).blocked_by_policy == value);
        CHECK_FALSE(plan_for(host, on).obstacles.empty());
    }
    SECTION("a value that the policy file of the host holds") {
        const Plan plan = plan_for(host_with(1, "PReg" + utf16("[x;selecttransport;")), on);
        CHECK(plan.rungs.empty());
        CHECK(plan.blocked_by_policy == value);
    }
}

TEST_CASE("UDP comes back when the value goes, and a policy of the domain is spoken of") {
    RdpHost host = host_with(1);
    SECTION("no policy file") {}
    SECTION("a policy file about other things") { host = host_with(1, "PReg" + utf16("SelectTranspor")); }
    const Plan plan = plan_for(host, on);
    REQUIRE(ladder_of(plan) == "select-transport");
    CHECK(changes_of(plan.rungs[0]) == Lines{"delete the value " + value});
    CHECK(plan.rungs[0].why.find("domain") != std::string::npos);
}

TEST_CASE("a transport that could not be read is not changed") {
    RdpHost host = host_with(1);
    SECTION("the policy file") {
        host.give("file_text " + policy_file, Error{Errc::access_denied, 5, "CreateFileW"});
        CHECK(obstacles_of(plan_for(host, on)).find("CreateFileW") != std::string::npos);
    }
    SECTION("the value") {
        host.fail("registry_value " + value, {Errc::access_denied, 5, "RegQueryValueExW"});
        for (const Options& options : {on, off})
            CHECK(obstacles_of(plan_for(host, options)).find("RegQueryValueExW") != std::string::npos);
    }
    SECTION("a key") {
        host.drop(policy, "SelectTransport");
        host.fail("registry_values HKLM\\" + policy.key, {Errc::access_denied, 5, "RegOpenKeyExW"});
        CHECK(obstacles_of(plan_for(host, off)).find("RegOpenKeyExW") != std::string::npos);
    }
    for (const Options& options : {on, off})
        CHECK(plan_for(host, options).rungs.empty());
}

TEST_CASE("UDP off and on again leaves the host as it was, but for keys that are empty") {
    RepairBench bench(transport_repair());
    bench.host.give("file_text " + policy_file, Error{Errc::not_found, 2, "CreateFileW"});
    const Job job = bench.run(off, false);
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
    CHECK(bench.host.dword(policy, "SelectTransport") == 1u);
    CHECK(bench.run(off, false).outcome == Outcome::not_needed);
    bench.settings.repair_cool_down = std::chrono::seconds{0};
    CHECK(bench.run(on, false).outcome == Outcome::repaired);
    CHECK_FALSE(bench.host.dword(policy, "SelectTransport"));
}
