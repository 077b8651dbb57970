// What is told of a repair, to the audit trail, the log, the Windows Event Log and whoever listens?
#include "agent/repair/repair_event.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic {

namespace {

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

const char* name_of(RepairEventKind kind) noexcept {
    switch (kind) {
    case RepairEventKind::begun:
        return "repair_begun";
    case RepairEventKind::refused:
        return "repair_refused";
    case RepairEventKind::cancel_asked:
        return "cancel_asked";
    case RepairEventKind::rollback_begun:
        return "rollback_begun";
    case RepairEventKind::step_running:
        return "step_running";
    case RepairEventKind::step_done:
        return "step_done";
    case RepairEventKind::step_failed:
        return "step_failed";
    case RepairEventKind::step_undone:
        return "step_undone";
    case RepairEventKind::step_undo_failed:
        return "step_undo_failed";
    case RepairEventKind::step_skipped:
        return "step_skipped";
    case RepairEventKind::repaired:
    case RepairEventKind::rolled_back:
    case RepairEventKind::rollback_failed:
    case RepairEventKind::ended_refused:
    case RepairEventKind::improved:
        return "repair_finished";
    case RepairEventKind::pending_reboot:
        return "repair_pending_reboot";
    case RepairEventKind::recovered:
        return "repair_recovered";
    case RepairEventKind::verifies_after_restart:
        return "repair_verifies_after_restart";
    case RepairEventKind::gave_up:
        return "auto_repair_gave_up";
    case RepairEventKind::journal_unreadable:
        return "journal_unreadable";
    case RepairEventKind::busy:
        return "repair_busy";
    }
    return "repair";
}

bool is_warning(RepairEventKind kind) noexcept {
    switch (kind) {
    case RepairEventKind::refused:
    case RepairEventKind::step_failed:
    case RepairEventKind::step_undo_failed:
    case RepairEventKind::rolled_back:
    case RepairEventKind::rollback_failed:
    case RepairEventKind::ended_refused:
    case RepairEventKind::improved:
    case RepairEventKind::recovered:
    case RepairEventKind::gave_up:
    case RepairEventKind::journal_unreadable:
    case RepairEventKind::busy:
        return true;
    default:
        return false;
    }
}

RepairEventKind kind_of(StepState state) noexcept {
    switch (state) {
    case StepState::done:
        return RepairEventKind::step_done;
    case StepState::failed:
        return RepairEventKind::step_failed;
    case StepState::undone:
        return RepairEventKind::step_undone;
    case StepState::undo_failed:
        return RepairEventKind::step_undo_failed;
    case StepState::skipped:
        return RepairEventKind::step_skipped;
    case StepState::planned:
    case StepState::running:
        break;
    }
    return RepairEventKind::step_running;
}

RepairEventKind kind_of(Outcome outcome) noexcept {
    switch (outcome) {
    case Outcome::repaired:
    case Outcome::not_needed:
        return RepairEventKind::repaired;
    case Outcome::rolled_back:
        return RepairEventKind::rolled_back;
    case Outcome::pending_reboot:
        return RepairEventKind::pending_reboot;
    case Outcome::refused:
        return RepairEventKind::ended_refused;
    case Outcome::improved:
        return RepairEventKind::improved;
    case Outcome::rollback_failed:
    case Outcome::running:
        break;
    }
    return RepairEventKind::rollback_failed;
}

std::string log_line(const RepairEvent& event) {
    return std::string("event=") + name_of(event.kind) + " job=" + event.job.id + " repair=" + event.job.repair +
           " caller=" + quoted(event.job.caller.name) + " from=" + quoted(event.job.caller.from) +
           " outcome=" + name_of(event.job.outcome) + " text=" + quoted(event.text) +
           (event.audit_problem.empty() ? "" : " audit=" + quoted(event.audit_problem));
}

} // namespace rdpmedic
