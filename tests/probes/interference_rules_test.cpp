// Which IPsec rules and which value of the firewall service keep clients out?
#include "tests/probes/interference_findings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing::interferences;
using rdpmedic::testing::FakeHost;

TEST_CASE("an IPsec rule that requires security of what comes in is critical") {
    Machine host;
    host.set_text(local_rules, "{id}", secure);
    const auto findings = findings_of(host);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == "interference.ipsec_required");
    CHECK(findings[0].severity == Severity::critical);
    CHECK(findings[0].subject == "{id}");
    CHECK(findings[0].policy.empty());

    SECTION("and of a policy names it") {
        host.registry.erase(FakeHost::lower(local_rules.key));
        host.set_text(policy_rules, "{id}", secure);
        CHECK(findings_of(host).at(0).policy == "HKLM\\" + policy_rules.key + ": {id}");
    }
    SECTION("but info where RDP is switched off") {
        host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
        CHECK(findings_of(host).at(0).severity == Severity::info);
    }
    SECTION("and stays where the active profiles cannot be read") {
        host.profiles = Error{Errc::unsupported, 0, "x"};
        CHECK(findings_of(host).at(0).severity == Severity::critical);
    }
}

TEST_CASE("an IPsec rule that does not concern RDP is no finding") {
    Machine host;
    SECTION("switched off") { host.set_text(local_rules, "x", "v2.31|Action=SecureServer|Active=FALSE|"); }
    SECTION("boundary") { host.set_text(local_rules, "x", "v2.31|Action=Boundary|Active=TRUE|"); }
    SECTION("exempt") { host.set_text(local_rules, "x", "v2.31|Action=DoNotSecure|Active=TRUE|"); }
    SECTION("another port") {
        host.set_text(local_rules, "x", "v2.31|Action=Secure|Active=TRUE|Protocol=6|EP1Port=445|");
    }
    SECTION("the listener's old port") {
        host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
        host.set_text(local_rules, "x", "v2.31|Action=Secure|Active=TRUE|Protocol=6|EP1Port=3389|");
    }
    SECTION("another profile") { host.set_text(local_rules, "x", "v2.31|Action=Secure|Active=TRUE|Profile=Public|"); }
    SECTION("a local rule that a policy does not merge") {
        host.set_dword(domain_policy, "AllowLocalIPsecPolicyMerge", 0);
        host.set_text(local_rules, "x", secure);
    }
    SECTION("a rule that exempts the port stands beside it") {
        host.set_text(policy_rules, "x", secure);
        host.set_text(policy_rules, "y", "v2.31|Action=DoNotSecure|Active=TRUE|Protocol=6|EP1Port=3389|");
    }
    CHECK(codes_of(host).empty());
}

TEST_CASE("where the port cannot be read, that is unknown as far as a rule or a filter could concern it") {
    Machine host;
    host.fail("registry_value HKLM\\" + keys::rdp_tcp.key + ": PortNumber", {Errc::access_denied, 5, "x"});
    CHECK(codes_of(host) == Codes{});
    host.set_text(local_rules, "x", secure);
    CHECK(codes_of(host) == Codes{"interference.unknown unknown the port of Remote Desktop, in whose place filters and "
                                  "IPsec rules are judged for TCP 3389",
                                  "interference.ipsec_required critical x"});
}

TEST_CASE("an exemption lifts the rules of its own profiles and of no other") {
    Machine host;
    host.profiles = FirewallProfiles{true, false, true};
    host.set_text(policy_rules, "exempt",
                  "v2.31|Action=DoNotSecure|Active=TRUE|Profile=Domain|Protocol=6|EP1Port=3389|");
    host.set_text(policy_rules, "x", "v2.31|Action=SecureServer|Active=TRUE|Profile=Public|");
    CHECK(codes_of(host) == Codes{"interference.ipsec_required critical x"});
    host.set_text(policy_rules, "x", "v2.31|Action=SecureServer|Active=TRUE|Profile=Domain|Profile=Public|");
    CHECK(codes_of(host) == Codes{"interference.ipsec_required critical x"});
    host.set_text(policy_rules, "x", "v2.31|Action=SecureServer|Active=TRUE|Profile=Domain|");
    CHECK(codes_of(host).empty());
    host.set_text(policy_rules, "x", secure);
    CHECK(codes_of(host) == Codes{"interference.ipsec_required critical x"});
    host.profiles = FirewallProfiles{true, false, false}; // now the exempted one alone is active
    CHECK(codes_of(host).empty());
}

TEST_CASE("a policy that does not merge local rules still has its own") {
    Machine host;
    host.set_dword(domain_policy, "AllowLocalIPsecPolicyMerge", 0);
    host.set_text(policy_rules, "x", secure);
    CHECK(codes_of(host) == Codes{"interference.ipsec_required critical x"});
}

TEST_CASE("an IPsec rule for some addresses is a warning, and an exemption of some does not lift it") {
    Machine host;
    host.set_text(local_rules, "x", "v2.31|Action=Secure|Active=TRUE|EP2_4=10.0.0.0/255.0.0.0|");
    host.set_text(local_rules, "y", "v2.31|Action=DoNotSecure|Active=TRUE|EP2_4=10.9.0.1|");
    const auto findings = findings_of(host);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == Severity::warning);
    CHECK(findings[0].evidence.back() == "EP2_4=10.0.0.0/255.0.0.0");
}

TEST_CASE("an IPsec rule with a token that is not known is unknown") {
    Machine host;
    host.set_text(local_rules, "x", "v2.31|Action=Secure|Active=TRUE|Future=1|");
    CHECK(codes_of(host) == Codes{"interference.unknown unknown whether the IPsec rule x concerns TCP 3389"});
}

TEST_CASE("an IPsec rule that the reader refuses is unknown where it may require IPsec") {
    const Codes unclear{"interference.unknown unknown whether the IPsec rule x concerns TCP 3389"};
    Machine host;
    const auto text = GENERATE(as<std::string>{}, "v2.31|Action=SecureServer|Name=X|Active=TRUE|EmbedCtxt=",
                               "v2.31|Action=SecureServer|Active=TRUE|Protocol=6|EP1Port=3389,|",
                               "v2.34|Action=SecureServer2|Active=TRUE|", "v2.31|Active=TRUE|Auth1Set={1}|");
    host.set_text(local_rules, "x", text);
    CHECK(codes_of(host) == unclear);
    CHECK(findings_of(host).at(0).text.find(local_rules.key + ": x, ") != std::string::npos);

    SECTION("but not where a policy does not merge local rules") {
        host.set_dword(domain_policy, "AllowLocalIPsecPolicyMerge", 0);
        CHECK(codes_of(host).empty());
    }
    SECTION("nor where another rule exempts the port") {
        host.set_text(policy_rules, "y", "v2.31|Action=DoNotSecure|Active=TRUE|Protocol=6|EP1Port=3389|");
        CHECK(codes_of(host).empty());
    }
}

TEST_CASE("an IPsec rule that the reader refuses and that requires nothing is no finding") {
    Machine host;
    host.set_text(local_rules, "x",
                  GENERATE(as<std::string>{}, "v2.31|Action=Boundary|Active=TRUE|EP1Port=3389,|",
                           "v2.31|Action=DoNotSecure|Active=TRUE|EmbedCtxt=",
                           "v2.31|Action=SecureServer|Active=FALSE|EP1Port=3389,|", "v2.31|Action=SecureServer2|",
                           "garbage", ""));
    CHECK(codes_of(host).empty());
}

TEST_CASE("an IPsec rule of another registry type is unknown") {
    Machine host;
    host.set(local_rules, "x", {7, std::vector<std::string>{secure}});
    CHECK(codes_of(host) == Codes{"interference.unknown unknown whether the IPsec rule x concerns TCP 3389"});
}

TEST_CASE("a DebugedLoopbackApps of another type ends the firewall at its next start, or has ended it") {
    const auto [state, severity] = GENERATE(table<ServiceState, std::string>({{ServiceState::running, "warning"},
                                                                              {ServiceState::start_pending, "critical"},
                                                                              {ServiceState::stopped, "critical"}}));
    Machine host;
    host.FakeHost::services["mpssvc"].state = state;
    CHECK(codes_of(host).empty());
    host.set(app_containers, "DebugedLoopbackApps", {1, std::string()});
    CHECK(codes_of(host).empty());
    host.set(app_containers, "DebugedLoopbackApps", {7, std::vector<std::string>{}});
    CHECK(codes_of(host) == Codes{"interference.loopback_apps_value " + severity + " DebugedLoopbackApps"});
}

TEST_CASE("a DebugedLoopbackApps with a text is suspect while the firewall does not run, and no repair takes it away") {
    Machine host;
    host.set(app_containers, "DebugedLoopbackApps", {1, "garbage;;;not a sid" + std::string(1000, 'x')});
    CHECK(codes_of(host).empty());
    host.FakeHost::services["mpssvc"].state = GENERATE(ServiceState::start_pending, ServiceState::stopped);
    CHECK(codes_of(host) == Codes{"interference.loopback_apps_value warning the text of DebugedLoopbackApps"});
    const Finding finding = findings_of(host).at(0);
    CHECK(finding.repair.empty());
    CHECK(finding.evidence.at(0).find("garbage;;;not a sid") != std::string::npos);
    CHECK(finding.evidence.at(0).size() < 400);
}

TEST_CASE("the closed key of the loopback value matters only while the firewall does not run") {
    Machine host;
    host.fail("registry_value HKLM\\" + app_containers.key + ": DebugedLoopbackApps", {Errc::access_denied, 5, "x"});
    CHECK(codes_of(host).empty());
    host.FakeHost::services["mpssvc"].state = ServiceState::start_pending;
    CHECK(codes_of(host) == Codes{"interference.unknown unknown DebugedLoopbackApps"});
}
