// Is it said which firewalls are registered with Windows, and that findings of the firewall do not hold beside them?
#include "probes/firewall.hpp"
#include "probes/firewall_products.hpp"
#include "probes/interference.hpp"
#include "tests/probes/firewall_strings.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::FakeHost;

namespace {

using Lines = std::vector<std::string>;
using Products = std::vector<FirewallProduct>;
using Categories = std::vector<std::uint32_t>;

const Error failed{Errc::access_denied, 5, "the read"};
constexpr const char* path = R"(C:\x.exe)";
const FirewallProduct in_charge{"Example Firewall", path, Categories{1, 2}};
const FirewallProduct beside{"Other Firewall", "", Categories{0, 1, 3, 7}};
const FirewallProduct unclear{"Odd Firewall", path, failed};

Lines lines(const std::vector<Finding>& findings) {
    Lines result;
    for (const Finding& finding : findings)
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject +
                         (finding.repair.empty() ? "" : " [" + finding.repair + "]"));
    return result;
}

// A server on which nothing but the products is of interest to interference.
FakeHost server(const char* installation = "Server") {
    FakeHost host;
    host.give("services", std::vector<ServiceSummary>{});
    host.give("filter_providers", std::vector<FilterProvider>{});
    host.give("filters " + std::string(no_filter_provider), std::vector<Filter>{});
    host.give("security_products", std::vector<SecurityProduct>{});
    host.set_text(keys::windows_version, "InstallationType", installation);
    host.set_dword(keys::rdp_tcp, "PortNumber", 3389);
    return host;
}

Lines interference_of(const FakeHost& host) {
    return lines(interference::judge(interference::collect(host).value(), {}));
}

// A host on which the Windows Firewall has rules for RDP, all of them switched off.
FakeHost closed() {
    const std::string local = R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy)";
    FakeHost host;
    ServiceFacts service;
    service.state = ServiceState::running;
    host.services = {{"mpssvc", service}, {"bfe", service}};
    host.profiles = FirewallProfiles{true, false, false};
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::rdp_tcp, "PortNumber", 3389);
    host.set_dword({local}, "PolicyVersion", 0x221);
    std::string rule(firewall::tcp_allow);
    host.set_text({local + R"(\FirewallRules)"}, "RemoteDesktop-UserMode-In-TCP",
                  rule.replace(rule.find("Active=TRUE"), 11, "Active=FALSE"));
    host.set_dword({local + R"(\DomainProfile)"}, "EnableFirewall", 1);
    return host;
}

std::vector<Finding> firewall_of(const FakeHost& host) { return firewall::probe({}).run(host, {}).value(); }

} // namespace

TEST_CASE("a firewall that is registered on a server is named with what it has taken over") {
    FakeHost host = server();
    host.give("firewall_products", Products{});
    CHECK(interference_of(host) == Lines{});
    host.give("firewall_products", Products{in_charge, beside});
    CHECK(interference_of(host) == Lines{"interference.firewall_product info Example Firewall",
                                         "interference.firewall_product info Other Firewall"});
    const auto found = interference::judge(interference::collect(host).value(), {});
    CHECK(found[0].text.find("rules of the Windows Firewall do not count") != std::string::npos);
    CHECK(found[0].evidence == Lines{R"(registered with Windows: Example Firewall, C:\x.exe, has taken over stealth )"
                                     "filters, firewall rules"});
    CHECK(found[1].text.find("whose rules count as well") != std::string::npos);
    CHECK(found[1].evidence == Lines{"registered with Windows: Other Firewall, has taken over boot-time filters, "
                                     "stealth filters, connection security rules, category 7"});
}

TEST_CASE("registered firewalls that cannot be read are unknown, and so is what one has taken over") {
    FakeHost host = server("Server Core");
    host.give("firewall_products", failed);
    CHECK(interference_of(host) ==
          Lines{"interference.unknown unknown the firewalls that are registered with Windows"});
    host.give("firewall_products", Error{Errc::not_found, 2, "the class"});
    CHECK(interference_of(host) ==
          Lines{"interference.unknown unknown the firewalls that are registered with Windows"});
    host.give("firewall_products", Products{unclear});
    CHECK(interference_of(host) ==
          Lines{"interference.unknown unknown what Odd Firewall has taken over from Windows Firewall",
                "interference.firewall_product info Odd Firewall"});
}

TEST_CASE("registered firewalls are not asked for where Security Center lists them, nor where this is no Windows") {
    FakeHost host = server("Client");
    host.give("firewall_products", failed);
    CHECK(interference_of(host) == Lines{});
    host.registry[FakeHost::lower(keys::windows_version.key)].erase("InstallationType");
    CHECK(interference_of(host) == Lines{});
}

TEST_CASE("where it cannot be read which edition this is, the products of Security Center are unknown") {
    FakeHost host = server();
    host.give("firewall_products", Products{in_charge});
    host.fail("registry_value " + label(keys::windows_version, "InstallationType"), failed);
    CHECK(interference_of(host) == Lines{"interference.unknown unknown the products of Windows Security Center",
                                         "interference.firewall_product info Example Firewall"});
}

TEST_CASE("closed rules are no failure of a host on which another firewall has taken the rules over") {
    FakeHost host = closed();
    host.give("firewall_products", Products{});
    const auto before = firewall_of(host);
    REQUIRE(lines(before) == Lines{"firewall.rules_disabled critical Domain [firewall]"});
    SECTION("a warning without a repair, which names the product") {
        host.give("firewall_products", Products{beside, in_charge});
        const auto after = firewall_of(host);
        CHECK(lines(after) == Lines{"firewall.rules_disabled warning Domain"});
        CHECK(after[0].evidence.back().find("registered with Windows: Example Firewall") == 0);
        CHECK(after[0].evidence.size() == before[0].evidence.size() + 1);
        CHECK(after[0].text.find("if the Windows Firewall decides") != std::string::npos);
    }
    SECTION("nothing changes beside a product that leaves the rules in force") {
        host.give("firewall_products", Products{beside});
        CHECK(lines(firewall_of(host)) == lines(before));
        CHECK(firewall_of(host)[0].evidence == before[0].evidence);
    }
    SECTION("where it is not known, the finding stands and says so") {
        host.give("firewall_products", GENERATE(Products{unclear}, Products{beside, unclear}));
        CHECK(lines(firewall_of(host)) == lines(before));
        CHECK(firewall_of(host)[0].evidence.back().find("has taken over what could not be read") != std::string::npos);
        host.give("firewall_products", failed);
        CHECK(lines(firewall_of(host)) == lines(before));
        CHECK(firewall_of(host)[0].evidence.back().find("access denied") != std::string::npos);
    }
    SECTION("that a service does not run stays a failure: the filters of the boot phase are Windows' own") {
        host.services["mpssvc"].state = ServiceState::stopped;
        host.give("firewall_products", Products{in_charge});
        CHECK(lines(firewall_of(host))[0] == "firewall.service_not_running critical MpsSvc [firewall]");
    }
}

TEST_CASE("the products are asked for only where rules are blamed") {
    std::vector<Finding> findings;
    CHECK_FALSE(firewall::blames_rules(findings));
    findings.push_back({"firewall.udp_not_allowed", Severity::info, ""});
    findings.push_back({"firewall.unknown", Severity::unknown, ""});
    findings.push_back({"firewall.service_not_running", Severity::critical, ""});
    CHECK_FALSE(firewall::blames_rules(findings));
    findings.push_back({"firewall.restricted_addresses", Severity::warning, ""});
    CHECK(firewall::blames_rules(findings));
}
