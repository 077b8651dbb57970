// Who makes the one door to repairs?
#pragma once

#include "agent/repair/desk.hpp"
#include "agent/repair/repair_event.hpp"
#include "agent/settings.hpp"
#include "probes/host.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace rdpmedic {

struct DeskParts {
    const Host& host;
    HostControl* control = nullptr;    // null: this host can be planned for but not changed (a recording)
    std::filesystem::path data_folder; // journal/, audit.jsonl
    const Settings& settings;          // must outlive the desk
    // Asks the watch to run a probe soon, after a repair has changed what it looks at.
    std::function<void(const std::string& probe)> recheck = [](const std::string&) {};
    // Since when a finding has stood, from the watch: some faults are faults only by their age.
    std::function<std::optional<Time>(std::string_view code, std::string_view subject)> since =
        [](std::string_view, std::string_view) { return std::nullopt; };
    // Everything that happens, as it happens, for logs and listeners. May be called from several threads.
    std::function<void(const RepairEvent&)> told = [](const RepairEvent&) {};
    // The same text for as long as the machine is not restarted, another one afterwards.
    std::function<Result<std::string>()> boot_mark = [] {
        return Result<std::string>(Error{Errc::unsupported, 0, "this desk does not know when the machine starts"});
    };
    // Verifies, in the background, what waited for a restart that has happened. The service does; a command does not.
    bool verifies_after_restart = false;
};

// Rolls back what an earlier process left open in the journal, then opens the door. Blocks for as long as that takes.
Result<std::unique_ptr<RepairDesk>> make_repair_desk(DeskParts parts);

} // namespace rdpmedic
