// How is this host, right now?
#include "agent/configured_probes.hpp"
#include "agent/data_folder.hpp"
#include "agent/main/commands.hpp"
#include "agent/main/machine.hpp"
#include "agent/main/print.hpp"
#include "agent/watch/watch.hpp"
#include "api/render_health.hpp"
#include "probes/diagnosis/repair_options.hpp"

#include <algorithm>

namespace rdpmedic {
namespace {

// Those of `probes` that are named, all when none is; a name that does not exist is an error with the list.
Result<std::vector<Probe>> chosen(const std::vector<Probe>& probes, const std::vector<std::string>& names) {
    if (names.empty())
        return probes;
    std::vector<Probe> result;
    for (const std::string& name : names) {
        const auto found =
            std::find_if(probes.begin(), probes.end(), [&](const Probe& probe) { return probe.id == name; });
        if (found != probes.end()) {
            result.push_back(*found);
            continue;
        }
        std::string known;
        for (const Probe& probe : probes)
            known += (known.empty() ? "" : ", ") + std::string(probe.id);
        return Error{Errc::not_found, 0, "a probe '" + name + "'; there are: " + known};
    }
    return result;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

void print(const Snapshot& snapshot, const std::vector<Probe>& probes, Time now) {
    for (const Probe& probe : probes) {
        const ProbeState& state = snapshot.probes.find(probe.id)->second;
        std::cout << padded(name_of(status_of(state, now)), 5) << padded(std::string(probe.id), 13) << probe.question
                  << "\n";
        for (const StandingFinding& standing : state.findings) {
            const Finding& finding = standing.finding;
            std::cout << "       " << padded(name_of(finding.severity), 9) << finding.code << ": " << finding.text
                      << "\n";
            for (const std::string& evidence : finding.evidence)
                std::cout << "                  " << evidence << "\n";
            if (!finding.policy.empty())
                std::cout << "                  set by Group Policy: " << finding.policy << "\n";
            if (!finding.repair.empty())
                std::cout << "                  repair: " << diagnosis::command_of(finding) << "\n";
        }
    }
}

int exit_code(const Snapshot& snapshot) {
    Severity worst = Severity::info;
    bool unknown = false;
    for (const auto& [id, state] : snapshot.probes)
        for (const StandingFinding& standing : state.findings) {
            worst = std::max(worst, standing.finding.severity);
            unknown = unknown || standing.finding.severity == Severity::unknown;
        }
    if (worst == Severity::critical)
        return 2;
    if (worst == Severity::warning)
        return 1;
    return unknown ? 3 : 0;
}

} // namespace

int check_command(const CommonOptions& common, const std::vector<std::string>& names) {
    const auto loaded = load_settings(config_file(common.data_folder));
    if (const auto* wrong = std::get_if<SettingsError>(&loaded))
        return complain(describe(*wrong), 3);
    const Settings& settings = std::get<Settings>(loaded);
    const Result<Machine> opened = open_machine(common.recording);
    const Machine machine = opened ? noting(*opened, common.data_folder, settings.limits.evidence_window) : Machine{};
    const Result<std::vector<Probe>> probes = chosen(configured_probes(settings, machine.own), names);
    if (!probes)
        return complain(probes.error(), 3);
    if (!opened)
        return complain(opened.error(), 3);
    const Result<Time> now = machine.host->now();
    if (!now)
        return complain(now.error(), 3);
    const Snapshot snapshot = check_once(*machine.host, *probes, settings.limits, *now);
    say(trouble_of(machine));
    if (common.json)
        std::cout << *api::render_health(snapshot, *now, RDPMEDIC_VERSION).body << "\n";
    else
        print(snapshot, *probes, *now);
    return exit_code(snapshot);
}

} // namespace rdpmedic
