// What would make the name of this host lead to it again?
#include "agent/repair/plan_dns.hpp"

#include "agent/repair/plan_parts.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using dns::Registration;

// Of the findings that this repair cures, this one is about the cache; the others are about what the servers say.
bool is_about_cache(const Finding& finding) { return finding.code == "dns.resolver_differs"; }

Rung flush(std::string why) {
    Rung rung{"flush", "Empty the resolver cache of this host", std::move(why), {FlushDns{}}};
    rung.undo = "not needed: the cache fills itself again";
    return rung;
}

// Windows registers in its own time, and what it could not do shows in its event log only.
// https://learn.microsoft.com/windows-server/administration/windows-commands/ipconfig
Rung registering(std::string why) {
    Rung rung{"register", "Register the addresses of this host with the DNS servers", std::move(why), {RegisterDns{}}};
    rung.disruption = "none; Windows registers in the background, and other servers and caches may say the old for "
                      "minutes: what the servers of this host do not say within a quarter of a minute does not count "
                      "as cured";
    rung.undo = "not needed: Windows registers the same names at every start";
    return rung;
}

bool may_register(const dns::Facts& facts, Plan& plan) {
    switch (dns::registration(facts)) {
    case Registration::on:
        return true;
    case Registration::off:
        plan.obstacles.push_back("No adapter that is up is set to register its addresses in DNS: that is a choice.");
        return false;
    case Registration::off_by_policy:
        plan.blocked_by_policy = label(facts.registration_policy->key, facts.registration_policy->name);
        plan.obstacles.push_back("A policy keeps this host from registering its name (" + plan.blocked_by_policy +
                                 " = 0).");
        return false;
    case Registration::unknown:
        break;
    }
    const Error& error = facts.adapters ? facts.registration_policy.error() : facts.adapters.error();
    plan.obstacles.push_back("Whether this host may register its name is not known: " + describe(error));
    return false;
}

} // namespace

Plan plan_dns(const dns::Facts& facts, const std::vector<Finding>& findings, const Options& options) {
    Plan plan;
    plan.repair = "dns";
    const auto action = text_of(options, "action");
    const std::vector<Finding> called = called_for(findings, plan.repair);
    std::string flush_why, register_why;
    for (const Finding& finding : called)
        (is_about_cache(finding) ? flush_why : register_why) = finding.text;
    if (action) {
        plan.asked_for = *action == "flush"      ? "the resolver cache emptied"
                         : *action == "register" ? "the name of this host registered"
                                                 : "the resolver cache emptied and the name of this host registered";
        plan.done_when_made = true;
    }
    const bool flushes = action ? *action != "register" : !flush_why.empty();
    const bool registers = (action ? *action != "flush" : !register_why.empty()) && may_register(facts, plan);
    for (const Finding& finding : called)
        if (is_about_cache(finding) ? flushes : registers)
            plan.cures.push_back(finding);
    if (flushes)
        plan.rungs.push_back(flush(flush_why.empty() ? "asked for" : flush_why));
    if (!registers)
        return plan;
    Rung last = registering(register_why.empty() ? "asked for" : register_why);
    if (action && flushes) { // both are wanted, and the first rung that cures would be the last
        last.id = "flush-and-register";
        last.changes.insert(last.changes.begin(), FlushDns{});
        plan.rungs.clear();
    }
    plan.rungs.push_back(std::move(last));
    return plan;
}

std::vector<OptionSpec> dns_options() {
    return {{"action",
             OptionSpec::Kind::choice,
             "flush the resolver cache, register the name of this host, or both, whatever was found",
             {"flush", "register", "both"}}};
}

} // namespace rdpmedic
