// Does the reader of IPsec rules see whom a rule concerns and what it demands?
#include "probes/formats/ipsec_rule.hpp"
#include "tests/probes/firewall_strings.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace rdpmedic::firewall;

TEST_CASE("an IPsec rule is read with its action, endpoints and conditions") {
    const auto rule = parse_ipsec_rule(
        "{id}", "v2.31|Action=Secure|Profile=Domain|Profile=Private|Protocol=6|EP1Port=3389|EP1Port2_10=4000-4010|"
                "EP2Port=1024|EP1_4=LocalSubnet|EP2_4=10.0.0.0/255.0.0.0|EP2_6=fe80::-fe80::9|IFType=Lan|"
                "Name=a|b|Desc=c|EmbedCtxt=d|Active=TRUE|Auth1Set={1}|");
    REQUIRE(rule.has_value());
    CHECK(rule->id == "{id}");
    CHECK(rule->action == IpsecAction::secure);
    CHECK(rule->active);
    CHECK(rule->profiles == (domain_profile | private_profile));
    CHECK(rule->protocol == 6);
    CHECK(rule->local_ports == std::vector<PortRange>{{3389, 3389}, {4000, 4010}});
    CHECK(rule->remote_ports == std::vector<PortRange>{{1024, 1024}});
    CHECK(rule->local_addresses == std::vector<RuleField>{{"EP1_4", "LocalSubnet"}});
    CHECK(rule->remote_addresses ==
          std::vector<RuleField>{{"EP2_4", "10.0.0.0/255.0.0.0"}, {"EP2_6", "fe80::-fe80::9"}});
    CHECK(rule->conditions == std::vector<RuleField>{{"IFType", "Lan"}});
    CHECK(rule->name == "a");
    CHECK_FALSE(rule->not_understood.has_value());
}

TEST_CASE("a rule without Active is inactive, and without Profile for all profiles") {
    const auto rule = parse_ipsec_rule("x", "v2.0|Action=SecureServer|");
    REQUIRE(rule.has_value());
    CHECK_FALSE(rule->active);
    CHECK(rule->profiles == all_profiles);
}

TEST_CASE("what is no IPsec rule is refused with its place") {
    const auto [text, token] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"Action=Secure|", "Action=Secure|"},
        {"v2|Action=Secure|", "v2|Action=Secure|"},
        {"v2.0|Action=Secure", "Action=Secure"},
        {"v2.0|Action=Allow|", "Action=Allow"},
        {"v2.0|Active=TRUE|", "Action"},
        {"v2.0|Action=Secure|Active=YES|", "Active=YES"},
        {"v2.0|Action=Secure|Protocol=256|", "Protocol=256"},
        {"v2.0|Action=Secure|EP1Port=65536|", "EP1Port=65536"},
        {"v2.0|Action=Secure|EP1Port=9-8|", "EP1Port=9-8"},
        {"v2.0|Action=Secure|Profile=All|", "Profile=All"},
        {"v2.0|Action=Secure|nonsense|", "nonsense"},
    }));
    const auto rule = parse_ipsec_rule("x", text);
    INFO(text);
    REQUIRE(rule.has_error());
    CHECK(rule.error().token == token);
}

TEST_CASE("what a rule demands of TCP 3389 follows from its action and its endpoints") {
    const auto demand = [](const std::string& fields) {
        return demand_of(parse_ipsec_rule("x", "v2.31|" + fields).value(), 3389);
    };
    const auto [fields, wanted, for_some] = GENERATE(table<std::string, IpsecDemand, bool>({
        {std::string(ipsec_rule).substr(6), IpsecDemand::required, false},
        {"Action=Secure|Active=TRUE|", IpsecDemand::required, false},
        {"Action=Secure|Active=FALSE|", IpsecDemand::none, false},
        {"Action=Boundary|Active=TRUE|", IpsecDemand::none, false},
        {"Action=DoNotSecure|Active=TRUE|", IpsecDemand::exempt, false},
        {"Action=Secure|Active=TRUE|Protocol=6|EP1Port=3389|", IpsecDemand::required, false},
        {"Action=Secure|Active=TRUE|Protocol=6|EP1Port2_10=3000-4000|", IpsecDemand::required, false},
        {"Action=Secure|Active=TRUE|Protocol=6|EP1Port=443|", IpsecDemand::none, false},
        {"Action=Secure|Active=TRUE|Protocol=17|", IpsecDemand::none, false},
        {"Action=Secure|Active=TRUE|EP2_4=10.0.0.1|", IpsecDemand::required, true},
        {"Action=Secure|Active=TRUE|IFType=Wireless|", IpsecDemand::required, true},
        {"Action=Secure|Active=TRUE|RTunnel4=1.2.3.4|", IpsecDemand::unclear, false},
        {"Action=Secure|Active=TRUE|Future=1|", IpsecDemand::unclear, false},
        {"Action=DoNotSecure|Active=TRUE|Future=1|", IpsecDemand::none, false},
        {"Action=DoNotSecure|Active=TRUE|EP2_4=10.0.0.1|", IpsecDemand::exempt, true},
    }));
    INFO(fields);
    const IpsecVerdict verdict = demand(fields);
    CHECK(verdict.demand == wanted);
    CHECK(verdict.for_some == for_some);
}

TEST_CASE("no text makes the reader of IPsec rules fall over") {
    std::mt19937 random(7);
    const std::string whole =
        "v2.31|Action=Secure|Profile=Domain|Protocol=6|EP1Port=3389|EP2_4=10.0.0.1|Name=a|Active=TRUE|";
    for (int round = 0; round < 3000; ++round) {
        std::string text = whole.substr(0, random() % (whole.size() + 1));
        for (unsigned i = 0; i < random() % 4 && !text.empty(); ++i)
            text[random() % text.size()] = static_cast<char>(random() % 256);
        if (const auto rule = parse_ipsec_rule("x", text))
            demand_of(*rule, 3389);
    }
    CHECK(parse_ipsec_rule("x", whole).has_value());
}
