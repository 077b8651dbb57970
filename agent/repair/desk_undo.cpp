// How is a repair taken back weeks later, and how is one ended that runs?
#include "agent/repair/desk_impl.hpp"

#include "agent/disk.hpp"
#include "agent/repair/desk_work.hpp"
#include "agent/repair/plan_parts.hpp"
#include "agent/repair/undo_plan.hpp"
#include "probes/termservice.hpp"

namespace rdpmedic {

namespace {

Refusal no_such_job(const std::string& id) {
    return {Refusal::Kind::unknown_job, "There is no repair job \"" + id + "\", or it is forgotten."};
}

// Whose sessions end with TermService, where taking back stops it.
std::vector<std::string> who_is_cut_off(const Plan& plan, const Host& host) {
    for (const Rung& rung : plan.rungs)
        for (const Change& change : rung.changes)
            if (const auto* state = std::get_if<SetServiceState>(&change);
                state != nullptr && state->service == services::term_service && state->state == ServiceState::stopped)
                return cut_off_by_restart(host.sessions());
    return {};
}

} // namespace

std::variant<Job, Refusal> Desk::roll_back(const std::string& id, const Caller& caller, bool disconnect_sessions) {
    RepairRequest from;
    from.caller = caller;
    from.disconnect_sessions = disconnect_sessions;
    if (parts_.control == nullptr)
        return Refusal{Refusal::Kind::unsupported, "This host can be looked at but not changed."};
    return alone([&](std::unique_ptr<RepairLock> lock) { return roll_back_locked(id, from, std::move(lock)); });
}

std::variant<Job, Refusal> Desk::roll_back_locked(const std::string& id, const RepairRequest& from,
                                                  std::unique_ptr<RepairLock> lock) {
    if (auto recovered = recover(); !recovered)
        return no_journal(recovered.error());
    const std::optional<Job> known = job(id);
    if (!known)
        return no_such_job(id);
    // `known` and not `id` names the file: an id from outside is no path.
    auto entry = read_journal(journal_folder() / (known->id + ".jsonl"));
    if (!entry)
        return Refusal{Refusal::Kind::not_undoable,
                       "Nothing is kept to take job " + known->id + " back with: " + describe(entry.error())};
    RepairRequest request = from;
    request.repair = known->repair;
    auto plan = plan_undo(*entry, parts_.host, *parts_.control);
    if (Refusal* refusal = std::get_if<Refusal>(&plan))
        return refused(request, std::move(*refusal));
    if (auto cut = who_is_cut_off(std::get<Plan>(plan), parts_.host); !cut.empty() && !request.disconnect_sessions)
        return refused(request, {Refusal::Kind::sessions, "Taking job " + known->id + " back would cut off sessions.",
                                 std::move(cut)});

    PlanAndFindings seen{std::move(std::get<Plan>(plan)), {}};
    const Time begun = now();
    Job undoing{new_job_id(begun), known->repair,       request.caller, begun, {}, Outcome::running, "",
                seen.plan.hash(),  steps_of(seen.plan), known->id};
    auto journal = Journal::begin(journal_folder(), undoing, "", hooks_.append);
    if (!journal)
        return refused(request, no_journal(journal.error()));
    if (auto told = tell(RepairEventKind::rollback_begun, undoing, "of job " + known->id); !told) {
        undoing.outcome = Outcome::refused;
        (void)journal->finished(undoing);
        return refused(request, no_journal(told.error()));
    }
    remember(request, undoing);
    Work work{nullptr, std::move(request), std::move(seen), undoing, std::move(*journal), std::move(lock)};
    work.undone = std::move(*entry);
    launch(std::make_unique<Work>(std::move(work)));
    return undoing;
}

Job as_rollback(Job job) {
    switch (job.outcome) {
    case Outcome::repaired:
        job.outcome = Outcome::rolled_back;
        job.reason = "Job " + job.undoes + " was taken back.";
        break;
    case Outcome::rolled_back:
        job.outcome = Outcome::rollback_failed;
        job.reason =
            "Job " + job.undoes + " was not taken back, and the host is as that job had left it. " + job.reason;
        break;
    default:
        break;
    }
    return job;
}

Job Desk::note_rollback(const Work& work, Job job) {
    auto journal = work.journal; // its last record says what was done; this one says what it means
    if (Result<> written = journal.note(job); !written)
        job.reason += " The journal could not be written: " + describe(written.error()) + ".";
    if (job.outcome != Outcome::rolled_back)
        return job;
    if (Result<> noted = note_undone(*work.undone, job.id, hooks_.append); !noted)
        job.reason += " The journal of job " + job.undoes + " does not say so: " + describe(noted.error()) + ".";
    Job before = work.undone->job;
    before.undone_by = job.id;
    if (before.outcome == Outcome::pending_reboot)
        before.outcome = Outcome::rolled_back;
    keep(before);
    return job;
}

std::variant<Job, Refusal> Desk::cancel(const std::string& id, const Caller& caller) {
    const std::optional<Job> known = job(id);
    if (!known)
        return no_such_job(id);
    if (known->outcome == Outcome::pending_reboot)
        return roll_back(id, caller, true); // what it set does not count yet
    {
        const std::lock_guard lock(mutex_);
        if (running_ != id)
            return Refusal{Refusal::Kind::not_undoable, "Job " + known->id + " has ended; a rollback takes it back."};
        cancelled_by_ = caller.name.empty() ? "somebody" : caller.name;
    }
    changed_.notify_all();
    Job asked = *known;
    asked.caller = caller;
    (void)tell(RepairEventKind::cancel_asked, asked, "asked to end before its next step");
    return *job(id);
}

} // namespace rdpmedic
