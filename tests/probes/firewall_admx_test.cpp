// Is the policy of the administrative templates that opens or closes Remote Desktop read and ranked?
#include "probes/firewall.hpp"

#include "tests/support/rdp_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::FakeHost;
using testing::RdpHost;

namespace {

using Codes = std::vector<std::string>;

const std::string policies = R"(SOFTWARE\Policies\Microsoft\WindowsFirewall\)";

RegistryPath policy_of(const std::string& profile) { return {policies + profile + R"(\Services\RemoteDesktop)"}; }

void opens(FakeHost& host, const std::string& profile, const std::string& addresses) {
    host.set_dword(policy_of(profile), "Enabled", 1);
    host.set_text(policy_of(profile), "RemoteAddresses", addresses);
}

// The rules of the host are there and switched off.
RdpHost closed() {
    RdpHost host;
    host.profiles = FirewallProfiles{true, false, false};
    host.set_rule("RemoteDesktop-UserMode-In-TCP", testing::rdp_rule(true, false));
    host.set_rule("RemoteDesktop-UserMode-In-UDP", testing::rdp_rule(false, false));
    return host;
}

RdpHost open() {
    RdpHost host;
    host.profiles = FirewallProfiles{true, false, false};
    return host;
}

std::vector<Finding> findings(const FakeHost& host) { return firewall::probe({}).run(host, JudgeContext{}).value(); }

Codes codes(const FakeHost& host) {
    Codes result;
    for (const Finding& finding : findings(host))
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject +
                         (finding.repair.empty() ? "" : " repair " + finding.repair));
    return result;
}

} // namespace

TEST_CASE("a policy of the templates that opens Remote Desktop lets it in where the rules of the host are off") {
    RdpHost host = closed();
    CHECK(codes(host) == Codes{"firewall.rules_disabled critical Domain repair firewall"});
    opens(host, "DomainProfile", "*");
    CHECK(codes(host) == Codes{"firewall.udp_not_allowed info Domain"}); // it opens TCP alone

    SECTION("for the addresses that it names") {
        opens(host, "DomainProfile", "10.0.0.0/8, localsubnet");
        CHECK(codes(host) ==
              Codes{"firewall.restricted_addresses warning Domain", "firewall.udp_not_allowed info Domain"});
        const Finding finding = findings(host).at(0);
        CHECK(finding.policy == "HKLM\\" + policy_of("DomainProfile").key + ": Enabled");
        CHECK(finding.evidence.at(0).find("RemoteAddresses=10.0.0.0/8, RemoteAddresses=localsubnet") !=
              std::string::npos);
    }
    SECTION("also where a policy ignores the rules of the host") {
        host.set_dword({policies + "DomainProfile"}, "AllowLocalPolicyMerge", 0);
        CHECK(codes(host) == Codes{"firewall.udp_not_allowed info Domain"});
    }
    SECTION("but for no other port") {
        host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
        host.listeners = std::vector<TcpListener>{};
        CHECK(codes(host) == Codes{"firewall.custom_port_not_allowed critical Domain repair firewall"});
    }
    SECTION("and on no other profile") {
        host.profiles = FirewallProfiles{false, true, false};
        CHECK(codes(host) == Codes{"firewall.rules_disabled critical Private repair firewall"});
    }
    SECTION("and not where a rule blocks the port") {
        host.set_rule("block", "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=3389|");
        CHECK(codes(host) == Codes{"firewall.blocked_by_rule critical Domain"});
    }
}

TEST_CASE("the policy of the standard profile stands for private and public networks") {
    RdpHost host = closed();
    opens(host, "StandardProfile", "*");
    CHECK(codes(host) == Codes{"firewall.rules_disabled critical Domain repair firewall"});
    host.profiles = FirewallProfiles{false, true, true};
    CHECK(codes(host) == Codes{"firewall.udp_not_allowed info Private", "firewall.udp_not_allowed info Public"});
}

TEST_CASE("a policy of the templates that closes Remote Desktop is a warning and belongs to the policy") {
    RdpHost host = open();
    CHECK(codes(host).empty());
    host.set_dword(policy_of("DomainProfile"), "Enabled", 0);
    CHECK(codes(host) == Codes{"firewall.closed_by_template warning Domain"});
    CHECK(findings(host).at(0).policy == "HKLM\\" + policy_of("DomainProfile").key + ": Enabled");

    SECTION("an info while RDP is off") {
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
        CHECK(codes(host) == Codes{"firewall.closed_by_template info Domain"});
    }
    SECTION("nothing on another profile") {
        host.profiles = FirewallProfiles{false, true, false};
        CHECK(codes(host).empty());
    }
    SECTION("nothing for another port") {
        host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
        host.listeners = std::vector<TcpListener>{};
        host.set_rule("own", "v2.31|Action=Allow|Active=TRUE|Dir=In|LPort=3390|Protocol=6|");
        for (const std::string& code : codes(host))
            CHECK(code.find("closed_by_template") == std::string::npos);
    }
    SECTION("nothing where the firewall is off") {
        host.set_dword({policies + "DomainProfile"}, "EnableFirewall", 0);
        CHECK(codes(host).empty());
    }
}

TEST_CASE("no repair is named that opens what a policy of the templates closes") {
    RdpHost host = closed();
    host.set_dword(policy_of("DomainProfile"), "Enabled", 0);
    CHECK(codes(host) ==
          Codes{"firewall.rules_disabled critical Domain", "firewall.closed_by_template warning Domain"});
    CHECK(findings(host).at(0).policy == "HKLM\\" + policy_of("DomainProfile").key + ": Enabled");
}

TEST_CASE("a policy of the templates that cannot be read or is no number is unknown") {
    RdpHost host = closed();
    const std::string subject = "the policy HKLM\\" + policy_of("DomainProfile").key;
    SECTION("the key") {
        host.fail("registry_values HKLM\\" + policy_of("DomainProfile").key, {Errc::access_denied, 5, "x"});
        CHECK(codes(host) == Codes{"firewall.unknown unknown " + subject});
    }
    SECTION("but not the key of a profile that is not active") {
        host.fail("registry_values HKLM\\" + policy_of("StandardProfile").key, {Errc::access_denied, 5, "x"});
        CHECK(codes(host) == Codes{"firewall.rules_disabled critical Domain repair firewall"});
    }
    SECTION("its switch") {
        host.set_text(policy_of("DomainProfile"), "Enabled", "1");
        CHECK(codes(host) == Codes{"firewall.unknown unknown " + subject});
    }
    SECTION("another number") {
        host.set_dword(policy_of("DomainProfile"), "Enabled", 2);
        CHECK(codes(host) == Codes{"firewall.unknown unknown " + subject});
    }
    SECTION("its addresses") {
        opens(host, "DomainProfile", "");
        CHECK(codes(host) == Codes{"firewall.rule_not_understood unknown Domain"});
    }
    SECTION("but a key without the switch says nothing") {
        host.set_text(policy_of("DomainProfile"), "RemoteAddresses", "*");
        CHECK(codes(host) == Codes{"firewall.rules_disabled critical Domain repair firewall"});
    }
}
