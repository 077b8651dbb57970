// How is one rule of the host's own firewall store switched, added or removed, and no other?
#include "agent/windows/control.hpp"

#include "agent/windows/firewall_rules.hpp"
#include "probes/windows/reads.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace rdpmedic::windows {

namespace {

using firewall::FirewallRule;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{5};
constexpr std::chrono::milliseconds pause{50};
constexpr char local_store[] =
    "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules";

Error error_at(Errc code, const std::string& id, const std::string& what) {
    return Error{code, 0, "firewall rule " + id + " " + what};
}

Result<FirewallRule> parsed(const std::string& id, const std::string& text) {
    auto rule = firewall::parse_firewall_rule(id, text);
    if (!rule)
        return error_at(Errc::malformed, id, "cannot be read: " + rule.error().reason);
    return std::move(*rule);
}

// The store of the host, by the id of the rule: the interface of the firewall does not tell ids.
Result<FirewallRule> stored(const std::string& id) {
    const auto value = registry_value({local_store}, id);
    if (!value)
        return value.error();
    const auto* text = std::get_if<std::string>(&value->data);
    if (!text)
        return error_at(Errc::malformed, id, "is no text in the registry");
    return parsed(id, *text);
}

// Everything but Active=, and the version, which the firewall brings up to date when it writes.
bool same_rule(const FirewallRule& a, const FirewallRule& b) {
    return a.action == b.action && a.direction == b.direction && a.profiles == b.profiles && a.protocol == b.protocol &&
           a.local_ports == b.local_ports && a.local_port_keywords == b.local_port_keywords &&
           a.remote_ports == b.remote_ports && a.local_addresses == b.local_addresses &&
           a.remote_addresses == b.remote_addresses && same_ignoring_case(a.program, b.program) &&
           same_ignoring_case(a.service, b.service) && a.name == b.name && a.group == b.group;
}

// The rule as it stands, as long as it is the one that the plan saw.
Result<FirewallRule> as_planned(const SetFirewallRule& change) {
    const auto planned = parsed(change.id, change.rule);
    if (!planned)
        return planned.error();
    auto present = stored(change.id);
    if (present && !same_rule(*planned, *present))
        return error_at(Errc::io, change.id, "has been changed since the plan was made; look at the plan again");
    return present;
}

// Looks until there() says so. What the service of the firewall has taken it also writes, a moment later.
template <class There>
Result<> wait_for(const std::string& id, There there) {
    const auto began = Clock::now();
    while (true) {
        const Result<bool> now = there();
        if (!now)
            return now.error();
        if (*now)
            return {};
        if (Clock::now() - began > patience)
            return error_at(Errc::timed_out, id,
                            "is not in the registry as it was set, 5 seconds after the firewall took it");
        std::this_thread::sleep_for(pause);
    }
}

// The one rule of the interface that is meant, by its name where several do the same. An error that says how many there
// are, where that is not one: nobody here can tell which of them is the rule of that id.
Result<SeenRule> the_one(std::vector<SeenRule> all, const FirewallRule& wanted) {
    std::erase_if(all, [&](const SeenRule& seen) { return !matches(wanted, seen); });
    if (all.empty())
        return error_at(Errc::not_found, wanted.id,
                        "is in the registry, and INetFwRules has none that does the same; switch it in the console of "
                        "Windows Defender Firewall (wf.msc)");
    const auto by_name = [&](const SeenRule& seen) { return has_name_of(wanted, seen); };
    const auto named = std::find_if(all.begin(), all.end(), by_name);
    if (all.size() == 1)
        return std::move(all.front());
    if (std::count_if(all.begin(), all.end(), by_name) == 1)
        return std::move(*named);
    return error_at(Errc::unsupported, wanted.id,
                    "cannot be told from " + std::to_string(all.size() - 1) +
                        " others of INetFwRules that do the same; switch it in the console of Windows Defender "
                        "Firewall (wf.msc)");
}

Result<> switch_rule(const FirewallRule& wanted, bool active) {
    const auto rules = FirewallRules::open();
    if (!rules)
        return rules.error();
    auto all = rules->all();
    if (!all)
        return all.error();
    const auto seen = the_one(std::move(*all), wanted);
    if (!seen)
        return seen.error();
    return rules->set_enabled(*seen, active);
}

// What the host's store has under a name. Values that are no rule are none of that name.
Result<std::vector<FirewallRule>> of_name(const std::string& name) {
    const auto values = registry_values({local_store});
    if (!values)
        return values.error();
    std::vector<FirewallRule> rules;
    for (const auto& [id, value] : *values) {
        const auto* text = std::get_if<std::string>(&value.data);
        auto rule = text ? parsed(id, *text) : Result<FirewallRule>(Error{});
        if (rule && same_ignoring_case(rule->name, name))
            rules.push_back(std::move(*rule));
    }
    return rules;
}

bool is_ours(const FirewallRule& rule, const AddFirewallRule& added) {
    const std::vector<firewall::PortRange> port{{added.port, added.port}};
    return rule.active && rule.action == firewall::Action::allow && rule.direction == firewall::Direction::in &&
           rule.protocol == added.protocol && rule.local_ports == port && rule.local_port_keywords.empty() &&
           rule.profiles == added.profiles && same_ignoring_case(rule.service, "termservice") &&
           rule.remote_addresses.empty() == added.remote.empty();
}

// True: our rule is there. False: no rule of its name is.
Result<bool> is_there(const AddFirewallRule& added) {
    const auto rules = of_name(added.name);
    if (!rules)
        return rules.error();
    if (rules->empty())
        return false;
    if (rules->size() > 1)
        return error_at(Errc::unsupported, added.name, "is there several times; remove the others first");
    if (!is_ours(rules->front(), added))
        return error_at(Errc::io, added.name,
                        "is there already and says something else; look at it in the console of Windows Defender "
                        "Firewall (wf.msc)");
    return true;
}

} // namespace

Result<Change> capture_change(const SetFirewallRule& change) {
    const auto present = as_planned(change);
    if (!present)
        return present.error();
    return Change{SetFirewallRule{change.id, change.rule, present->active}};
}

// https://learn.microsoft.com/windows/win32/api/netfw/nn-netfw-inetfwpolicy2
Result<> apply_change(const SetFirewallRule& change) {
    const auto present = as_planned(change);
    if (!present)
        return present.error();
    if (present->active == change.active)
        return {}; // already so
    if (auto done = switch_rule(*present, change.active); !done)
        return done;
    return wait_for(change.id, [&]() -> Result<bool> {
        const auto now = stored(change.id);
        if (!now)
            return now.error();
        return now->active == change.active;
    });
}

// A rule that is there already is given back as it is: then nothing is added, and nothing is removed.
Result<Change> capture_change(const AddFirewallRule& change) {
    const auto present = is_there(change);
    if (!present)
        return present.error();
    return *present ? Change{change} : Change{RemoveFirewallRule{change}};
}

Result<Change> capture_change(const RemoveFirewallRule& change) {
    const auto present = is_there(change.added);
    if (!present)
        return present.error();
    return *present ? Change{change.added} : Change{change};
}

Result<> apply_change(const AddFirewallRule& change) {
    const auto present = is_there(change);
    if (!present)
        return present.error();
    if (*present)
        return {}; // already so
    const auto rules = FirewallRules::open();
    if (!rules)
        return rules.error();
    if (auto added = rules->add(change); !added)
        return added;
    return wait_for(change.name, [&] { return is_there(change); });
}

Result<> apply_change(const RemoveFirewallRule& change) {
    const auto present = is_there(change.added);
    if (!present)
        return present.error();
    if (!*present)
        return {}; // already so
    const auto rules = FirewallRules::open();
    if (!rules)
        return rules.error();
    if (auto removed = rules->remove(change.added.name); !removed)
        return removed;
    return wait_for(change.added.name, [&]() -> Result<bool> {
        const auto still = is_there(change.added);
        if (!still)
            return still.error();
        return !*still;
    });
}

} // namespace rdpmedic::windows
