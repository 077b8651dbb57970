// Is every rule string read as the grammar says, or refused with the token that is wrong?
#include "probes/formats/firewall_rule.hpp"

#include "tests/probes/firewall_strings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic::firewall;

namespace {

FirewallRule parsed(std::string_view text) {
    const RuleResult rule = parse_firewall_rule("id", text);
    INFO(text);
    if (!rule)
        FAIL(rule.error().reason << " at " << rule.error().token);
    return *rule;
}

RuleError refused(std::string_view text, Grammar grammar = Grammar::policy) {
    const RuleResult rule = parse_firewall_rule("id", text, grammar);
    INFO(text);
    REQUIRE(rule.has_error());
    return rule.error();
}

} // namespace

TEST_CASE("the rule that Windows 11 ships for Remote Desktop is read field by field") {
    const FirewallRule rule = parsed(tcp_allow);
    CHECK(rule.id == "id");
    CHECK(rule.major == 2);
    CHECK(rule.minor == 33);
    CHECK(rule.action == Action::allow);
    CHECK(rule.direction == Direction::in);
    CHECK(rule.active);
    CHECK(rule.profiles == all_profiles);
    CHECK(rule.protocol == 6);
    CHECK(rule.local_ports == std::vector<PortRange>{{3389, 3389}});
    CHECK(rule.program == R"(%SystemRoot%\system32\svchost.exe)");
    CHECK(rule.service == "termservice");
    CHECK(rule.name == "@FirewallAPI.dll,-28775");
    CHECK(rule.description == "@FirewallAPI.dll,-28756");
    CHECK(rule.group == "@FirewallAPI.dll,-28752");
    CHECK(rule.conditions.empty());
    CHECK_FALSE(rule.not_understood);
}

TEST_CASE("what a rule does not say has the documented meaning") {
    const FirewallRule rule = parsed("v2.31|Action=Block|Dir=In|Name=x|");
    CHECK_FALSE(rule.active);
    CHECK(rule.profiles == all_profiles);
    CHECK_FALSE(rule.protocol);
    CHECK(rule.local_ports.empty());
    CHECK(rule.remote_addresses.empty());
    CHECK(rule.program.empty());
}

TEST_CASE("profiles, ranges, addresses and conditions are kept") {
    const FirewallRule rule = parsed(subnet_allow);
    CHECK(rule.profiles == domain_profile);
    CHECK(rule.remote_addresses == std::vector<RuleField>{{"RA4", "10.0.0.0/255.0.0.0"},
                                                          {"RA4", "192.168.1.10-192.168.1.20"},
                                                          {"RA6", "LocalSubnet"}});
    CHECK(parsed(range_block).local_ports == std::vector<PortRange>{{3000, 4000}});
    CHECK(parsed(shadow_allow).conditions == std::vector<RuleField>{{"Edge", "TRUE"}, {"Defer", "App"}});
    const FirewallRule keyword = parsed("v2.10|Action=Allow|Dir=In|Protocol=6|LPort=RPC|LPort=80|RPort2_10=IPTLSOut|");
    CHECK(keyword.local_port_keywords == std::vector<std::string>{"RPC"});
    CHECK(keyword.local_ports == std::vector<PortRange>{{80, 80}});
    CHECK(keyword.remote_port_keywords == std::vector<std::string>{"IPTLSOut"});
    CHECK(parsed("v2.10|Action=Allow|Dir=In|Profile=Domain|Profile=Public|").profiles ==
          (domain_profile | public_profile));
}

TEST_CASE("tokens and words compare without case") {
    const FirewallRule rule = parsed("V2.0|action=BLOCK|dir=in|ACTIVE=true|PROTOCOL=17|LPORT=68|app=x|");
    CHECK(rule.action == Action::block);
    CHECK(rule.active);
    CHECK(rule.local_ports == std::vector<PortRange>{{68, 68}});
    CHECK(rule.program == "x");
}

TEST_CASE("a bar within free text is part of it") {
    const FirewallRule rule = parsed("v2.31|Action=Allow|Dir=In|Name=a|b||c|Desc=d|e|Active=TRUE|");
    CHECK(rule.name == "a|b||c");
    CHECK(rule.description == "d|e");
    CHECK(rule.active);
}

TEST_CASE("an unknown token or word leaves a rule that is not fully understood") {
    const auto [field, reason] = GENERATE(table<std::string, std::string>({
        {"Quantum=TRUE", "the token is not known"},
        {"Profile=Campus", "the profile is not known"},
        {"LPort=Wormhole", "the port keyword is not known"},
        {"RA4=Moon", "the address is not known"},
        {"IFType=Token-Ring", "the value is not known"},
        {"Edge=MAYBE", "the value is not TRUE or FALSE"},
        {"Platform2=LT", "the value is not known"},
    }));
    const std::string head = "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|";
    const FirewallRule rule = parsed(head + field + "|App=x|");
    REQUIRE(rule.not_understood);
    CHECK(rule.not_understood->token == field);
    CHECK(rule.not_understood->offset == head.size());
    CHECK(rule.not_understood->reason == reason);
    CHECK(rule.program == "x");
}

TEST_CASE("a newer major version is read and not trusted") {
    const FirewallRule rule = parsed("v3.0|Action=Allow|Dir=In|");
    REQUIRE(rule.not_understood);
    CHECK(rule.not_understood->token == "v3.0");
}

TEST_CASE("a malformed rule is refused with offset, token and reason") {
    struct Case {
        std::string text;
        std::size_t offset;
        std::string token, reason;
    };
    const auto expected = GENERATE(values<Case>({
        {"", 0, "", "does not begin with a version"},
        {"Action=Allow|", 0, "Action=Allow", "does not begin with a version"},
        {"v2|Action=Allow|", 0, "v2", "does not begin with a version"},
        {"v2.256|Action=Allow|", 0, "v2.256", "two numbers up to 255"},
        {"v2.-1|Action=Allow|", 0, "v2.-1", "two numbers up to 255"},
        {"v2.31|Action=Allow|Dir=In", 19, "Dir=In", "no closing |"},
        {"v2.31|Action|Dir=In|", 6, "Action", "no ="},
        {"v2.31||Action=Allow|", 6, "", "no ="},
        {"v2.31|Action=Maybe|Dir=In|", 6, "Action=Maybe", "not Allow, Block or ByPass"},
        {"v2.31|Action=Allow|Dir=Up|", 19, "Dir=Up", "not In or Out"},
        {"v2.31|Action=Allow|Dir=In|Active=1|", 26, "Active=1", "not TRUE or FALSE"},
        {"v2.31|Action=Allow|Dir=In|Protocol=256|", 26, "Protocol=256", "number up to 255"},
        {"v2.31|Action=Allow|Dir=In|Protocol=6|LPort=65536|", 37, "LPort=65536", "not a port"},
        {"v2.31|Action=Allow|Dir=In|Protocol=6|LPort2_10=9-8|", 37, "LPort2_10=9-8", "not a port"},
        {"v2.31|Action=Allow|Dir=In|Protocol=6|LPort=3389x|", 37, "LPort=3389x", "not a port"},
        {"v2.31|Action=Allow|Dir=In|Protocol=1|LPort=8|", 37, "LPort=8", "ports need Protocol"},
        {"v2.31|Action=Allow|Action=Block|Dir=In|", 19, "Action=Block", "occurs twice"},
        {"v2.31|Action=Allow|", 19, "Dir", "has no Dir="},
        {"v2.31|Dir=In|", 13, "Action", "has no Action="},
        {"v2.31|", 6, "Action", "has no Action="},
    }));
    const RuleError error = refused(expected.text);
    CHECK(error.offset == expected.offset);
    CHECK(error.token == expected.token);
    CHECK(error.reason.find(expected.reason) != std::string::npos);
}

TEST_CASE("ports before the protocol are malformed in a policy and usual in the rules that ship for services") {
    CHECK(refused(port_before_protocol).token == "LPort=3389");
    const RuleResult rule = parse_firewall_rule("id", port_before_protocol, Grammar::service_hardening);
    REQUIRE(rule.has_value());
    CHECK(rule->local_ports == std::vector<PortRange>{{3389, 3389}});
    CHECK(refused("V2.0|Action=Allow|Dir=In|LPort=RPC|", Grammar::service_hardening).token == "LPort=RPC");
}

TEST_CASE("an IPsec rule is no firewall rule") { CHECK(refused(ipsec_rule).token == "Action=SecureServer"); }

TEST_CASE("every string cut off at any byte is a rule or a refusal that names a place in it") {
    std::size_t refusals = 0;
    for (const std::string_view text : all_strings)
        for (std::size_t length = 0; length < text.size(); ++length) {
            const std::string_view cut = text.substr(0, length);
            const RuleResult rule = parse_firewall_rule("id", cut);
            if (rule) {
                REQUIRE(cut.back() == '|');
                continue;
            }
            ++refusals;
            REQUIRE(rule.error().offset <= length);
            REQUIRE_FALSE(rule.error().reason.empty());
        }
    CHECK(refusals > 1000);
}
