// What would make the Winsock catalogue whole again, with as few foreign products broken as possible?
#include "agent/repair/plan_winsock.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using winsock::Facts;

// What a reset puts right.
bool needs_reset(const Finding& finding) {
    return finding.code == "winsock.missing_base_provider" || finding.code == "winsock.provider_file_missing" ||
           finding.code == "winsock.catalog_gap" || finding.code == "winsock.catalog_32_damaged";
}

std::string name_for_people(const Facts& facts, const WinsockEntry& entry) {
    const std::string path = winsock::path_of(facts, entry);
    return "'" + entry.name + "' (entry " + std::to_string(entry.id) + ", " + (path.empty() ? "file not known" : path) +
           ")";
}

// "'VPN layer' (entry 1015, C:\...\layer.dll), ..."; empty: every provider is Windows' own.
std::string foreign_providers(const Facts& facts) {
    const std::vector<WinsockEntry>* entries = winsock::entries_of(facts);
    std::string text;
    for (const WinsockEntry& entry : entries ? *entries : std::vector<WinsockEntry>{})
        if (!winsock::is_of_windows(winsock::path_of(facts, entry)))
            text += (text.empty() ? "" : ", ") + name_for_people(facts, entry);
    return text;
}

Rung removal(const Facts& facts, const std::vector<WinsockEntry>& going, std::string why) {
    Rung rung{"remove-provider", "Take a foreign provider out of the Winsock catalogue", std::move(why)};
    std::string names;
    for (const WinsockEntry& entry : going) {
        rung.changes.push_back(RemoveWinsockProvider{entry.id, entry.name});
        names += (names.empty() ? "" : ", ") + name_for_people(facts, entry);
    }
    rung.disruption = "the product of " + names +
                      " no longer sees the connections of programs that start from now on, until it is installed again";
    rung.undo = "the catalogue as it was is put back";
    return rung;
}

void add_named_removal(const Facts& facts, const std::vector<Finding>& findings, std::int64_t id, Plan& plan) {
    plan.asked_for = "Winsock provider " + std::to_string(id) + " taken out";
    const std::vector<WinsockEntry>* entries = winsock::entries_of(facts);
    if (entries == nullptr) {
        plan.obstacles.push_back("The Winsock catalogue could not be read: " + describe(facts.answered.error()));
        return;
    }
    const auto found = std::find_if(entries->begin(), entries->end(),
                                    [&](const WinsockEntry& entry) { return std::int64_t{entry.id} == id; });
    if (found == entries->end())
        return; // as asked
    if (const std::string why = winsock::why_not_removable(facts, {*found}); !why.empty()) {
        plan.obstacles.push_back("Provider " + std::to_string(id) + " stays: " + why + ".");
        return;
    }
    const std::string path = winsock::path_of(facts, *found);
    const auto others = std::count_if(entries->begin(), entries->end(), [&](const WinsockEntry& entry) {
        return winsock::path_of(facts, entry) == path;
    });
    for (const Finding& finding : findings) // stands as long as another entry names the file
        if (finding.code == "winsock.provider_file_missing" && finding.subject == path && others == 1)
            plan.cures.push_back(finding);
    plan.rungs.push_back(removal(facts, {*found}, "asked for: " + name_for_people(facts, *found)));
}

void add_reset(const Facts& facts, const std::vector<Finding>& findings, Plan& plan) {
    plan.asked_for = "the Winsock catalogue reset";
    if (winsock::entries_of(facts) == nullptr) {
        plan.obstacles.push_back("The Winsock catalogue could not be read, neither from its interface nor from the "
                                 "registry, so whom a reset would break is not known: " +
                                 describe(facts.answered.error()));
        return;
    }
    std::copy_if(findings.begin(), findings.end(), std::back_inserter(plan.cures), needs_reset);
    const std::string foreign = foreign_providers(facts);
    if (plan.cures.empty() && foreign.empty())
        return; // nothing that a reset would change
    Rung rung{"reset",
              "Set the Winsock catalogue up anew, as Windows came with it",
              plan.cures.empty() ? "asked for" : plan.cures.front().text,
              {ResetWinsock{}}};
    rung.disruption = foreign.empty()
                          ? "the machine must be restarted; no foreign provider is in the catalogue"
                          : "the machine must be restarted; until they are installed again, these VPN, antivirus or "
                            "other products are cut off from the network: " +
                                foreign;
    rung.undo = "the catalogue as it was is put back, which counts after the next restart";
    rung.takes_effect_at_restart = true;
    plan.rungs.push_back(std::move(rung));
}

// Without options: what names a file that does not exist can be of no use to anybody.
void add_default(const Facts& facts, const std::vector<Finding>& findings, Plan& plan) {
    const std::vector<WinsockEntry> going = winsock::removable_without_file(facts);
    std::string rest;
    for (const Finding& finding : findings) {
        if (!needs_reset(finding))
            continue;
        if (finding.repair == plan.repair)
            plan.cures.push_back(finding);
        else
            rest += (rest.empty() ? "" : ", ") + finding.code;
    }
    if (!plan.cures.empty() && !going.empty())
        plan.rungs.push_back(removal(facts, going, plan.cures.front().text));
    if (rest.empty())
        return;
    if (plan.cures.empty())
        std::copy_if(findings.begin(), findings.end(), std::back_inserter(plan.cures), needs_reset);
    const std::string foreign = foreign_providers(facts);
    plan.obstacles.push_back(
        "Only a reset of the Winsock catalogue cures " + rest +
        ": ask with reset=true. It needs a restart of the machine" +
        (foreign.empty() ? std::string(".") : " and cuts off until they are installed again: " + foreign + "."));
}

} // namespace

Plan plan_winsock(const Facts& facts, const std::vector<Finding>& findings, const Options& options) {
    Plan plan;
    plan.repair = "winsock";
    const auto provider = number_of(options, "provider");
    const bool reset = flag_of(options, "reset");
    if (provider && reset) {
        plan.asked_for = "a provider taken out and the catalogue reset";
        plan.obstacles.push_back("A reset takes every foreign provider out: ask for provider or for reset, not both.");
    } else if (provider) {
        add_named_removal(facts, findings, *provider, plan);
    } else if (reset) {
        add_reset(facts, findings, plan);
    } else {
        add_default(facts, findings, plan);
    }
    return plan;
}

std::vector<OptionSpec> winsock_options() {
    using Kind = OptionSpec::Kind;
    return {{"provider", Kind::number, "catalogue id of the one foreign provider to take out", {}, 1, 0xFFFFFFFF},
            {"reset", Kind::flag, "set the whole catalogue up anew; needs a restart and breaks foreign providers"}};
}

} // namespace rdpmedic
