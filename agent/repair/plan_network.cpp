// What would give this host an address again, and keep its adapter awake?
#include "agent/repair/plan_network.hpp"

#include "agent/repair/plan_parts.hpp"
#include "probes/letter_case.hpp"
#include "probes/registry.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

// Ours: DHCP and a client that tries again need some of it, and nobody should wait longer for a host that is gone.
constexpr std::chrono::seconds heard_again_within{120};
// "Allow the computer to turn off this device" and "... to wake the computer" both off.
// https://learn.microsoft.com/troubleshoot/windows-client/networking/power-management-on-network-adapter
constexpr std::uint32_t never_turned_off = 24;
constexpr std::uint32_t may_not_be_turned_off = 0x08; // DERIVED from the values on that page
constexpr std::uint32_t reg_dword = 4;

std::string addresses_of(const AdapterFacts& adapter) {
    std::string text;
    for (const std::string& address : adapter.addresses)
        text += (text.empty() ? "" : ", ") + address;
    return text.empty() ? "no address" : text;
}

const AdapterFacts* find_adapter(const network::Facts& facts, const std::string& name, Plan& plan) {
    if (!facts.adapters) {
        plan.obstacles.push_back("The network adapters could not be read: " + describe(facts.adapters.error()));
        return nullptr;
    }
    std::string known;
    for (const AdapterFacts& adapter : *facts.adapters) {
        if (!network::is_real(adapter))
            continue;
        if (same_ignoring_case(adapter.name, name))
            return &adapter;
        known += (known.empty() ? "" : ", ") + adapter.name;
    }
    plan.obstacles.push_back("There is no adapter '" + name + "'; there are: " + (known.empty() ? "none" : known) +
                             ".");
    return nullptr;
}

// Empty: its lease may be renewed.
std::string why_not(const AdapterFacts& adapter) {
    if (!adapter.up)
        return "is not up: look at the cable or the virtual switch";
    if (!adapter.dhcp)
        return "does not take its address from DHCP; whoever entered it must put it right";
    if (network::has_address(adapter))
        return "has an address that others can reach (" + addresses_of(adapter) +
               "): a renewal could take it away, and with it every connection";
    return {};
}

void add_renewal(const AdapterFacts& adapter, Plan& plan) {
    Rung rung{"renew-lease",
              "Ask the DHCP server for an address for " + adapter.name,
              adapter.name + " is up and has " + addresses_of(adapter),
              {RenewLease{adapter.id, adapter.name}}};
    rung.disruption = "connections through " + adapter.name + " break when its address changes";
    rung.undo = "the addresses that it has now are given back, also when the caller is not heard again within " +
                std::to_string(heard_again_within.count()) + " seconds";
    rung.confirm_within = heard_again_within;
    plan.rungs.push_back(std::move(rung));
}

std::vector<Finding> with_code(const std::vector<Finding>& findings, std::string_view code) {
    std::vector<Finding> result;
    std::copy_if(findings.begin(), findings.end(), std::back_inserter(result),
                 [&](const Finding& finding) { return finding.code == code; });
    return result;
}

void plan_named_renewal(const NetworkPlanInput& input, const std::string& name, Plan& plan) {
    plan.asked_for = "a new lease for the adapter " + name;
    const AdapterFacts* adapter = find_adapter(input.facts, name, plan);
    if (adapter == nullptr)
        return;
    if (const std::string why = why_not(*adapter); !why.empty()) {
        plan.obstacles.push_back("The adapter " + adapter->name + " " + why + ".");
        return;
    }
    plan.cures = with_code(input.findings, "network.no_address");
    add_renewal(*adapter, plan);
}

void plan_found_renewal(const NetworkPlanInput& input, Plan& plan) {
    plan.cures = with_code(input.findings, "network.no_address");
    if (plan.cures.empty())
        return;
    const std::vector<AdapterFacts> candidates = network::without_lease(*input.facts.adapters);
    if (candidates.size() == 1)
        return add_renewal(candidates.front(), plan);
    std::string names;
    for (const AdapterFacts& adapter : candidates)
        names += (names.empty() ? "" : ", ") + adapter.name;
    plan.obstacles.push_back(names.empty()
                                 ? "No adapter that is up takes its address from DHCP; whoever entered the "
                                   "addresses must put them right."
                                 : "Several adapters wait for an address: name one with adapter=: " + names + ".");
}

// Those that the finding names, or the one that was named.
bool is_meant(const NetworkPlanInput& input, const network::PowerSaving& adapter) {
    if (const auto name = text_of(input.options, "adapter"))
        return same_ignoring_case(adapter.adapter, *name);
    return std::any_of(input.findings.begin(), input.findings.end(), [&](const Finding& finding) {
        return finding.code == "network.power_saving" && finding.subject == adapter.adapter;
    });
}

void plan_power_saving(const NetworkPlanInput& input, Plan& plan) {
    const auto name = text_of(input.options, "adapter");
    plan.asked_for =
        "power saving of " + (name ? "the adapter " + *name : std::string("the adapters")) + " switched off";
    const AdapterFacts* named = name ? find_adapter(input.facts, *name, plan) : nullptr;
    if (name && named == nullptr)
        return;
    Rung rung{"power-saving", "Keep Windows from turning network adapters off", ""};
    bool known = false;
    for (const network::PowerSaving& adapter : input.power_saving) {
        if (!is_meant(input, adapter))
            continue;
        known = true;
        const std::string value = label(adapter.key, "PnPCapabilities");
        if (is_unreadable(adapter.capabilities)) {
            plan.obstacles.push_back(value + " could not be read: " + describe(adapter.capabilities.error()));
            continue;
        }
        if (adapter.capabilities && (*adapter.capabilities & may_not_be_turned_off) != 0)
            continue; // as asked
        rung.changes.push_back(
            SetRegistryValue{adapter.key, "PnPCapabilities", RegistryValue{reg_dword, never_turned_off}});
        rung.why +=
            (rung.why.empty() ? "" : "; ") + value +
            (adapter.capabilities ? " = " + std::to_string(*adapter.capabilities) : std::string(" is not set")) +
            " for " + adapter.adapter;
    }
    if (named != nullptr && !known)
        plan.obstacles.push_back("Where Windows keeps the power management of " + named->name + " was not found.");
    if (rung.changes.empty())
        return;
    plan.cures = with_code(input.findings, "network.power_saving");
    std::erase_if(plan.cures,
                  [&](const Finding& finding) { return name && !same_ignoring_case(finding.subject, *name); });
    rung.disruption =
        "none until the machine restarts, from when on it counts; these adapters no longer wake the machine";
    rung.undo = "the value as it was, from the next restart on";
    rung.takes_effect_at_restart = true;
    plan.rungs.push_back(std::move(rung));
}

} // namespace

Plan plan_network(const NetworkPlanInput& input) {
    Plan plan;
    plan.repair = "network";
    if (text_of(input.options, "power_saving"))
        plan_power_saving(input, plan);
    else if (const auto name = text_of(input.options, "adapter"))
        plan_named_renewal(input, *name, plan);
    else
        plan_found_renewal(input, plan);
    return plan;
}

std::vector<OptionSpec> network_options() {
    using Kind = OptionSpec::Kind;
    return {{"adapter", Kind::text, "name of the adapter that takes a new lease, as Windows shows it"},
            {"power_saving", Kind::choice, "keep Windows from turning the adapter off; needs a restart", {"off"}}};
}

} // namespace rdpmedic
