// Who makes the one door to repairs?
#pragma once

#include "agent/repair/desk.hpp"
#include "agent/settings.hpp"
#include "probes/host.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace rdpmedic {

struct DeskParts {
    const Host& host;
    HostControl* control = nullptr;    // null: this host can be planned for but not changed (a recording)
    std::filesystem::path data_folder; // journal/, backup/, audit.jsonl
    const Settings& settings;          // must outlive the desk
    // Asks the watch to run a probe soon, after a repair has changed what it looks at.
    std::function<void(const std::string& probe)> recheck = [](const std::string&) {};
    // Since when a finding has stood, from the watch: some faults are faults only by their age.
    std::function<std::optional<Time>(std::string_view code, std::string_view subject)> since =
        [](std::string_view, std::string_view) { return std::nullopt; };
    // One line a step for the log and the Windows Event Log: "key=value ..."; `warning` from refused on.
    std::function<void(bool warning, const std::string& line)> log = [](bool, const std::string&) {};
};

// Rolls back what an earlier process left open in the journal, then opens the door. Blocks for as long as that takes.
Result<std::unique_ptr<RepairDesk>> make_repair_desk(DeskParts parts);

} // namespace rdpmedic
