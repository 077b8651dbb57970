// Is the firewall of a host judged for the port that RDP has there, with policy named where it decides?
#include "probes/firewall.hpp"

#include "tests/probes/firewall_strings.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::FakeHost;

namespace {

const std::string local = R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy)";
const std::string policy = R"(SOFTWARE\Policies\Microsoft\WindowsFirewall)";
const std::string usual = "RemoteDesktop-UserMode-In-TCP", usual_udp = "RemoteDesktop-UserMode-In-UDP";

ServiceFacts service(ServiceState state) {
    ServiceFacts facts;
    facts.state = state;
    facts.start = StartType::automatic;
    return facts;
}

void set_rule(FakeHost& host, const std::string& root, const std::string& id, std::string_view text) {
    host.set_text({root + R"(\FirewallRules)"}, id, std::string(text));
}

void set_profile(FakeHost& host, const std::string& root, const std::string& profile, std::string_view name,
                 std::uint32_t value) {
    host.set_dword({root + "\\" + profile}, name, value);
}

std::string switched_off(std::string_view rule) {
    std::string text(rule);
    return text.replace(text.find("Active=TRUE"), 11, "Active=FALSE");
}

// A Windows 11 host with RDP on, on the domain network.
FakeHost healthy() {
    FakeHost host;
    host.services = {{"mpssvc", service(ServiceState::running)}, {"bfe", service(ServiceState::running)}};
    host.profiles = FirewallProfiles{true, false, false};
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::rdp_tcp, "PortNumber", 3389);
    host.set_dword({local}, "PolicyVersion", 0x221);
    set_rule(host, local, usual, firewall::tcp_allow);
    set_rule(host, local, usual_udp, firewall::udp_allow);
    for (const std::string profile : {"DomainProfile", "StandardProfile", "PublicProfile"})
        set_profile(host, local, profile, "EnableFirewall", 1);
    return host;
}

std::vector<Finding> findings(const FakeHost& host) {
    JudgeContext context;
    return firewall::probe({}).run(host, context).value();
}

using Codes = std::vector<std::string>;

Codes codes(const FakeHost& host) {
    Codes result;
    for (const Finding& finding : findings(host))
        result.push_back(finding.code + " " + name_of(finding.severity) + " " + finding.subject);
    return result;
}

} // namespace

TEST_CASE("a host with the usual rules switched on has no findings") { CHECK(codes(healthy()) == Codes{}); }

TEST_CASE("rules that are switched off are critical while RDP is on, and an info while it is off") {
    FakeHost host = healthy();
    set_rule(host, local, usual, switched_off(firewall::tcp_allow));
    CHECK(codes(host) == Codes{"firewall.rules_disabled critical Domain"});
    const Finding finding = findings(host)[0];
    REQUIRE(finding.evidence.size() == 1);
    CHECK(finding.evidence[0].find(local + R"(\FirewallRules: )" + usual) != std::string::npos);
    CHECK(finding.policy.empty());
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    CHECK(codes(host) == Codes{"firewall.rules_disabled info Domain"});
    // Policy switches RDP off whatever the host says, and not set is off.
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::terminal_services_policy, "fDenyTSConnections", 1);
    CHECK(codes(host) == Codes{"firewall.rules_disabled info Domain"});
}

TEST_CASE("a host without any rule for RDP says so") {
    FakeHost host = healthy();
    host.registry.erase(FakeHost::lower(local + R"(\FirewallRules)"));
    set_rule(host, local, "other", "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|");
    CHECK(codes(host) == Codes{"firewall.no_allow_rule critical Domain"});
    CHECK(findings(host)[0].repair == "firewall");
    // A rule of the host would not count: the policy is named, and nothing is offered.
    set_profile(host, policy, "DomainProfile", "AllowLocalPolicyMerge", 0);
    CHECK(codes(host) == Codes{"firewall.no_allow_rule critical Domain"});
    CHECK(findings(host)[0].repair == "");
    CHECK(findings(host)[0].policy == "HKLM\\" + policy + R"(\DomainProfile: AllowLocalPolicyMerge)");
}

TEST_CASE("a block of Group Policy with the id of the usual rule is named with its registry value") {
    FakeHost host = healthy();
    set_rule(host, policy, usual, firewall::policy_block);
    CHECK(codes(host) == Codes{"firewall.blocked_by_rule critical Domain"});
    const Finding finding = findings(host)[0];
    CHECK(finding.policy == "HKLM\\" + policy + R"(\FirewallRules: )" + usual);
    CHECK(finding.text.find("Group Policy") != std::string::npos);
    CHECK(finding.repair.empty());
}

TEST_CASE("a local block has no policy") {
    FakeHost host = healthy();
    set_rule(host, local, "block", firewall::range_block);
    CHECK(codes(host) == Codes{"firewall.blocked_by_rule critical Domain"});
    CHECK(findings(host)[0].policy.empty());
}

TEST_CASE("a policy that ignores the host's rules is named, and enabling them would not help") {
    FakeHost host = healthy();
    set_profile(host, policy, "DomainProfile", "AllowLocalPolicyMerge", 0);
    CHECK(codes(host) == Codes{"firewall.local_rules_ignored critical Domain"});
    const Finding finding = findings(host)[0];
    CHECK(finding.policy == "HKLM\\" + policy + R"(\DomainProfile: AllowLocalPolicyMerge)");
    REQUIRE(finding.evidence.size() == 2);
    CHECK(finding.evidence[1].find("AllowLocalPolicyMerge = 0 (Group Policy)") != std::string::npos);
    set_rule(host, local, usual, switched_off(firewall::tcp_allow));
    CHECK(codes(host) == Codes{"firewall.local_rules_ignored critical Domain"});
    set_rule(host, policy, "from policy", firewall::tcp_allow);
    CHECK(codes(host) == Codes{"firewall.udp_not_allowed info Domain"});
}

TEST_CASE("raised shields block whatever the rules say, by policy or by hand") {
    FakeHost host = healthy();
    set_profile(host, local, "DomainProfile", "DoNotAllowExceptions", 1);
    CHECK(codes(host) == Codes{"firewall.block_all_inbound critical Domain"});
    CHECK(findings(host)[0].policy.empty());
    set_profile(host, policy, "DomainProfile", "DoNotAllowExceptions", 1);
    CHECK(findings(host)[0].policy == "HKLM\\" + policy + R"(\DomainProfile: DoNotAllowExceptions)");
    set_profile(host, local, "DomainProfile", "EnableFirewall", 0);
    CHECK(codes(host) == Codes{});
}

TEST_CASE("a custom port that only the usual rule does not cover has its own code") {
    FakeHost host = healthy();
    host.set_dword(keys::rdp_tcp, "PortNumber", 3390);
    CHECK(codes(host) == Codes{"firewall.custom_port_not_allowed critical Domain"});
    CHECK(findings(host)[0].evidence.back().find("PortNumber = 3390") != std::string::npos);
    set_rule(host, local, "mine", "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=3390|Svc=termservice|");
    CHECK(codes(host) == Codes{"firewall.udp_not_allowed info Domain"});
}

TEST_CASE("limits of the only allow are warnings of their kind") {
    const auto [field, code] = GENERATE(table<std::string, std::string>({
        {"RA4=LocalSubnet|", "firewall.restricted_addresses"},
        {"IFType=Wireless|", "firewall.restricted_interfaces"},
        {"Security=Authenticate|", "firewall.requires_ipsec"},
    }));
    FakeHost host = healthy();
    set_rule(host, local, usual, "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=3389|" + field);
    CHECK(codes(host) == Codes{code + " warning Domain"});
    CHECK(findings(host)[0].evidence[0].find(field.substr(0, field.size() - 1)) != std::string::npos);
}

TEST_CASE("a rule limited by addresses of this host or ports of clients is worded by what it does") {
    const auto [rule, words] = GENERATE(table<std::string, std::string>({
        {"Action=Block|LA4=10.9.9.9|", "is let in on the Domain profile except at some addresses of this host"},
        {"Action=Block|RPort2_10=1-1023|", "except at some addresses of this host or from some ports of clients:"},
        {"Action=Allow|LPort=3389|LA4=10.9.9.9|", "at some addresses of this host or from some ports of clients only"},
        {"Action=Allow|LPort=3389|RA4=LocalSubnet|LA4=10.9.9.9|", "for some addresses only"},
    }));
    INFO(rule);
    FakeHost host = healthy();
    const bool blocks = rule.find("Block") != std::string::npos;
    set_rule(host, local, blocks ? "blocks" : usual, "v2.31|Active=TRUE|Dir=In|Protocol=6|" + rule);
    CHECK(codes(host) == Codes{"firewall.restricted_addresses warning Domain"});
    CHECK(findings(host)[0].text.find(words) != std::string::npos);
}

TEST_CASE("a rule that blocks a list of addresses says whom it keeps out, and is no fault") {
    FakeHost host = healthy();
    set_rule(host, local, "IPBan_Block_0",
             "v2.31|Action=Block|Active=TRUE|Dir=In|RA4=198.51.100.7|RA4=203.0.113.0/255.255.255.0|"
             "RA4=198.51.100.9-198.51.100.12|RA6=2001:db8::7|");
    set_rule(host, local, "IPBan_Block_1", "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|RA4=192.0.2.1|");
    REQUIRE(codes(host) == Codes{"firewall.addresses_blocked info Domain"});
    const Finding finding = findings(host)[0];
    CHECK(finding.text.find("not for these addresses: 198.51.100.7, 203.0.113.0/255.255.255.0, "
                            "198.51.100.9-198.51.100.12, ... (5 in 2 rules)") != std::string::npos);
    REQUIRE(finding.evidence.size() == 2);
    CHECK(finding.evidence[0].find("IPBan_Block_0 (this host): 4 addresses or ranges, 198.51.100.7") !=
          std::string::npos);
    CHECK(finding.policy.empty());
    // Beside an allow for some only, each says what it does.
    set_rule(host, local, usual, firewall::subnet_allow);
    CHECK(codes(host) ==
          Codes{"firewall.restricted_addresses warning Domain", "firewall.addresses_blocked info Domain"});
    CHECK(findings(host)[0].evidence.size() == 1);
}

TEST_CASE("a block of addresses with clients in it is a warning") {
    const auto [addresses, severity] = GENERATE(table<std::string, std::string>({
        {"RA4=LocalSubnet|", "warning"},
        {"RA42=IntErnet|", "warning"},
        {"RA4=DNS|", "info"},
        {"RA4=10.0.0.0/8|", "warning"},
        {"RA4=192.168.7.0/255.255.255.0|", "warning"},
        {"RA4=192.168.7.0/255.255.255.128|", "info"},
        {"RA4=172.31.255.0-172.32.3.255|", "warning"},
        {"RA4=192.168.7.9|", "info"},
        {"RA4=1.0.0.0/8|RA4=2.0.0.0/8|", "info"},
        {"RA4=0.0.0.0-9.255.255.255|RA4=11.0.0.0-126.255.255.255|", "info"}, // 0 to 126 without 10: less than half
        {"RA4=0.0.0.0-9.255.255.255|RA4=11.0.0.0-128.255.255.255|", "warning"},
        {"RA6=2000::/3|", "warning"},
        {"RA6=fe80::/64|", "warning"},
        {"RA6=2001:db8::/32|", "info"},
        {"RA6=fe80::7|", "info"},
    }));
    INFO(addresses);
    FakeHost host = healthy();
    set_rule(host, policy, "block", "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=3389|" + addresses);
    REQUIRE(codes(host) == Codes{"firewall.addresses_blocked " + severity + " Domain"});
    CHECK(findings(host)[0].policy.find(policy) != std::string::npos);
}

TEST_CASE("every active profile is judged, and only active ones") {
    FakeHost host = healthy();
    set_rule(host, local, usual, firewall::subnet_allow); // Domain alone
    host.profiles = FirewallProfiles{true, false, true};
    CHECK(codes(host) ==
          Codes{"firewall.restricted_addresses warning Domain", "firewall.no_allow_rule critical Public"});
    CHECK(findings(host)[1].text.find("other profiles") != std::string::npos);
    host.profiles = FirewallProfiles{true, false, false};
    CHECK(codes(host) == Codes{"firewall.restricted_addresses warning Domain"});
}

TEST_CASE("unknown active profiles leave a verdict only where all three agree") {
    FakeHost host = healthy();
    host.profiles = GENERATE(Result<FirewallProfiles>(Error{Errc::unsupported, 0x80004001, "get_CurrentProfileTypes"}),
                             Result<FirewallProfiles>(FirewallProfiles{}));
    CHECK(codes(host) == Codes{});
    set_rule(host, local, "block", firewall::any_block);
    CHECK(codes(host) == Codes{"firewall.blocked_by_rule critical every"});
    set_profile(host, local, "PublicProfile", "EnableFirewall", 0);
    CHECK(codes(host) == Codes{"firewall.unknown unknown which firewall profiles are active"});
    CHECK(findings(host)[0].evidence == std::vector<std::string>{"Domain profile: TCP 3389 is blocked",
                                                                 "Private profile: TCP 3389 is blocked",
                                                                 "Public profile: TCP 3389 is open"});
}

TEST_CASE("a firewall service that does not run is critical, one that starts is a warning until it takes too long") {
    FakeHost host = healthy();
    const std::string name = GENERATE("MpsSvc", "BFE");
    host.services[FakeHost::lower(name)].state = ServiceState::stopped;
    CHECK(codes(host) == Codes{"firewall.service_not_running critical " + name});
    host.services.erase(FakeHost::lower(name));
    CHECK(codes(host) == Codes{"firewall.service_not_running critical " + name});
    host.services[FakeHost::lower(name)] = service(ServiceState::start_pending);
    CHECK(codes(host) == Codes{"firewall.service_not_running warning " + name});
    JudgeContext late;
    late.now = Time{std::chrono::hours{1}};
    late.since = [](std::string_view, std::string_view) { return Time{}; };
    CHECK(firewall::probe({}).run(host, late).value()[0].severity == Severity::critical);
    host.services[FakeHost::lower(name)] = service(ServiceState::unknown);
    CHECK(codes(host) == Codes{"firewall.unknown unknown the state of the service " + name});
    host.fail("service " + name, {Errc::access_denied, 5, "OpenServiceW(" + name + ")"});
    CHECK(codes(host) == Codes{"firewall.unknown unknown the service " + name});
}

TEST_CASE("a system without Windows Firewall is unknown, neither open nor blocked") {
    FakeHost host;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.profiles = Error{Errc::unsupported, 0x80004001, "INetFwPolicy2"};
    CHECK(codes(host) == Codes{"firewall.unknown unknown the Windows Firewall"});
}

TEST_CASE("what cannot be read is unknown, and nothing is concluded without it") {
    FakeHost host = healthy();
    const Error denied{Errc::access_denied, 5, "RegOpenKeyExW"};
    SECTION("the rules of Group Policy") {
        host.fail("registry_values HKLM\\" + policy + R"(\FirewallRules)", denied);
        CHECK(codes(host) == Codes{"firewall.unknown unknown the rules of Group Policy"});
        // The policy may hold the allow that the host lacks.
        set_rule(host, local, usual, switched_off(firewall::tcp_allow));
        CHECK(codes(host) == Codes{"firewall.unknown unknown the rules of Group Policy"});
        // A block that can be read stays a block.
        set_rule(host, local, "block", firewall::any_block);
        CHECK(codes(host).back() == "firewall.blocked_by_rule critical Domain");
    }
    SECTION("a profile key of Group Policy") {
        host.fail("registry_values HKLM\\" + policy + R"(\DomainProfile)", denied);
        CHECK(codes(host) == Codes{"firewall.unknown unknown the firewall settings of the Domain profile"});
    }
    SECTION("the port") {
        host.fail("registry_value HKLM\\" + keys::rdp_tcp.key + ": PortNumber", denied);
        CHECK(codes(host) == Codes{"firewall.unknown unknown the port of RDP-Tcp"});
    }
    SECTION("the port is no port") {
        host.set_dword(keys::rdp_tcp, "PortNumber", 70000);
        CHECK(codes(host) == Codes{"firewall.unknown unknown the port of RDP-Tcp"});
    }
    SECTION("whether RDP is on: a missing rule stays critical") {
        host.fail("registry_value HKLM\\" + keys::terminal_server.key + ": fDenyTSConnections", denied);
        set_rule(host, local, usual, switched_off(firewall::tcp_allow));
        CHECK(codes(host) ==
              Codes{"firewall.unknown unknown whether RDP is switched on", "firewall.rules_disabled critical Domain"});
    }
    SECTION("a switch that means nothing, which the probe termservice tells") {
        host.set_text(keys::terminal_server, "fDenyTSConnections", "0");
        set_rule(host, local, usual, switched_off(firewall::tcp_allow));
        CHECK(codes(host) == Codes{"firewall.rules_disabled critical Domain"});
    }
}

TEST_CASE("a rule that is not understood is unknown where it matters and silent where it does not") {
    FakeHost host = healthy();
    set_rule(host, policy, "odd", "v2.40|Action=Block|Active=TRUE|Dir=In|Protocol=6|Quantum=1|");
    CHECK(codes(host) == Codes{"firewall.rule_not_understood unknown Domain"});
    CHECK(findings(host)[0].evidence[0].find("Quantum=1: the token is not known") != std::string::npos);
    CHECK(findings(host)[0].policy == "HKLM\\" + policy + R"(\FirewallRules: odd)");
    set_rule(host, policy, "odd", "v2.40|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=80|Quantum=1|");
    CHECK(codes(host) == Codes{});
}

TEST_CASE("malformed values in a rule store are told with token and place") {
    FakeHost host = healthy();
    set_rule(host, local, "cut", "v2.31|Action=Allow|Active=FALSE|Dir=In");
    host.set({local + R"(\FirewallRules)"}, "number", {4, std::uint32_t{1}});
    CHECK(codes(host) == Codes{"firewall.rule_malformed info this host"});
    const Finding finding = findings(host)[0];
    REQUIRE(finding.evidence.size() == 2);
    CHECK(finding.evidence[0].find("'Dir=In' at byte 32: the field has no closing |") != std::string::npos);
    CHECK(finding.text.find("2 of 4") != std::string::npos);
}

TEST_CASE("no port in the registry means 3389") {
    FakeHost host = healthy();
    host.registry[FakeHost::lower(keys::rdp_tcp.key)].clear();
    CHECK(codes(host) == Codes{});
}

TEST_CASE("Windows 7 lets RDP in through a rule for System, and has no RDP over UDP") {
    FakeHost host = healthy();
    host.registry.erase(FakeHost::lower(local + R"(\FirewallRules)"));
    set_rule(host, local, "RemoteDesktop-In-TCP",
             "v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=3389|App=System|Name=x|");
    CHECK(codes(host) == Codes{"firewall.no_allow_rule critical Domain"});
    host.set_dword({local}, "PolicyVersion", 0x20A);
    CHECK(codes(host) == Codes{});
}
