// What is told of a repair, to the audit trail, the log, the Windows Event Log and whoever listens?
#pragma once

#include "agent/repair/job.hpp"

#include <cstdint>

namespace rdpmedic {

// Ids of the Windows Event Log. They are part of the interface (monitoring filters by them) and never change.
enum class RepairEventKind : std::uint16_t {
    begun = 100,
    refused = 101, // before it began
    cancel_asked = 102,
    rollback_begun = 103, // of a finished job
    step_running = 109,   // live only: neither audited nor logged
    step_done = 110,
    step_failed = 111,
    step_undone = 112,
    step_undo_failed = 113,
    step_skipped = 114,
    repaired = 120,
    rolled_back = 121,
    rollback_failed = 122,
    pending_reboot = 123,
    ended_refused = 124, // nothing was changed after all
    improved = 125,      // its findings are gone, but RDP fails as before, for another reason
    recovered = 130,     // a dead process left it open, and it was taken back
    verifies_after_restart = 131,
    gave_up = 140, // unattended: tried as often as it may
    journal_unreadable = 150,
    busy = 151,
};

struct RepairEvent {
    RepairEventKind kind = RepairEventKind::begun;
    Job job;                       // as it is now
    std::string text;              // one sentence for people
    std::string audit_problem{};   // the audit trail could not be written: why
    std::optional<JobStep> step{}; // of the step_* kinds
};

const char* name_of(RepairEventKind kind) noexcept; // "repair_begun", "step_done", ...
bool is_warning(RepairEventKind kind) noexcept;
RepairEventKind kind_of(StepState state) noexcept;
RepairEventKind kind_of(Outcome outcome) noexcept; // of a job that has ended

// "event=step_done job=... repair=... caller=... from=... outcome=... text=...", for logs: nothing in it can forge a
// line.
std::string log_line(const RepairEvent& event);

} // namespace rdpmedic
