// The repair firewall: what does it look at, and what must it prove?
#include "agent/repair/plan_firewall.hpp"
#include "agent/repair/repairs.hpp"

namespace rdpmedic {

namespace {

struct Seen {
    firewall::Facts facts;
    std::vector<Finding> findings;
};

Result<Seen> look(const Host& host, const JudgeContext& context) {
    auto facts = firewall::collect(host);
    if (!facts)
        return facts.error();
    Seen seen{std::move(*facts), {}};
    seen.findings = firewall::judge(seen.facts, context);
    for (Finding& finding : interference::judge_loopback_apps(interference::collect_loopback_apps(host)))
        seen.findings.push_back(std::move(finding));
    return seen;
}

Result<std::vector<Finding>> judge(const Host& host, const JudgeContext& context) {
    auto seen = look(host, context);
    if (!seen)
        return seen.error();
    return std::move(seen->findings);
}

std::map<std::string, std::string> built_in_rules(const Host& host) {
    std::map<std::string, std::string> rules;
    const auto values = host.registry_values(firewall::local_rules);
    if (!values)
        return rules; // the facts say so too, and then no rule is planned
    for (const auto& [id, value] : *values)
        for (const char* known : {built_in_tcp_rule, built_in_udp_rule})
            if (const auto* text = std::get_if<std::string>(&value.data); text && same_ignoring_case(id, known))
                rules[known] = *text;
    return rules;
}

Result<PlanAndFindings> look_at_firewall(const Host& host, const JudgeContext& context, const Options& options) {
    auto seen = look(host, context);
    if (!seen)
        return seen.error();
    const auto rules = built_in_rules(host);
    Plan plan = plan_firewall({seen->facts, seen->findings, rules, options});
    return PlanAndFindings{std::move(plan), std::move(seen->findings)};
}

} // namespace

// A handshake from this host does not pass the rules for inbound connections: it shows only that nothing broke.
Repair firewall_repair() {
    return {"firewall",
            "lets RDP through the Windows Firewall",
            "firewall",
            HandshakeProof::no_worse,
            {{"public_profile", OptionSpec::Kind::flag, "also let RDP in on a public network"}},
            judge,
            look_at_firewall};
}

} // namespace rdpmedic
