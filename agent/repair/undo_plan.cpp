// What would take a finished repair back, and does everything still stand as it left it?
#include "agent/repair/undo_plan.hpp"

#include "agent/repair/roll_back.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rdpmedic {

namespace {

Refusal not_undoable(const std::string& why) { return {Refusal::Kind::not_undoable, why}; }

// The certificates that came during the job and are still there.
Result<std::vector<Change>> drops(const JournalEntry& entry, const std::string& store, const Host& host) {
    auto held = thumbprints_in(host, store);
    if (!held)
        return held.error();
    std::vector<Change> changes;
    for (const NewCertificates& came : entry.came)
        for (const std::string& thumbprint : came.thumbprints)
            if (came.store == store && std::find(held->begin(), held->end(), thumbprint) != held->end())
                changes.push_back(DeleteCertificate{store, thumbprint, {}});
    return changes;
}

std::string why_not(const JournalEntry& entry) {
    const Job& job = entry.job;
    if (job.undone_by)
        return "Job " + job.id + " was taken back by job " + *job.undone_by + ".";
    if (!entry.finished && !entry.waiting)
        return "Job " + job.id + " has not finished.";
    if (job.outcome != Outcome::repaired && job.outcome != Outcome::improved && job.outcome != Outcome::pending_reboot)
        return "Job " + job.id + " ended as " + name_of(job.outcome) + ": nothing of it is left on the host.";
    if (!entry.reached || entry.undo.empty())
        return "Job " + job.id + " changed nothing.";
    return {};
}

} // namespace

Result<bool> still_stands(const Change& made, const HostControl& control) {
    if (std::holds_alternative<SetServiceState>(made) || std::holds_alternative<EndServiceProcess>(made))
        return true;
    auto now = control.capture(made); // what would bring back what is there now
    if (is_absent(now))
        return true; // a certificate that was taken out is still out, a file that was moved still moved
    if (!now)
        return now.error();
    if (std::holds_alternative<CannotUndo>(*now) || now->index() != made.index())
        return true;
    return to_json(*now) == to_json(made);
}

std::variant<Plan, Refusal> plan_undo(const JournalEntry& entry, const Host& host, const HostControl& control) {
    if (std::string why = why_not(entry); !why.empty())
        return not_undoable(why);
    Plan plan;
    plan.repair = entry.job.repair;
    plan.asked_for = "job " + entry.job.id + " taken back";
    Rung rung{"undo", "Take back job " + entry.job.id, "asked for"};
    Refusal changed{Refusal::Kind::changed_since,
                    "What job " + entry.job.id + " had set has been changed since; take it back by hand."};
    for (auto undo = entry.undo.rbegin(); undo != entry.undo.rend(); ++undo) {
        if (undo->step > *entry.reached)
            continue;
        if (undo->made) {
            const auto stands = still_stands(*undo->made, control);
            if (!stands)
                return Refusal{Refusal::Kind::impossible, "The host could not be read: " + describe(stands.error())};
            if (!*stands)
                changed.details.push_back(describe(*undo->made));
        }
        if (const auto* drop = std::get_if<DropNewCertificates>(&undo->action)) {
            auto gone = drops(entry, drop->store, host);
            if (!gone)
                return Refusal{Refusal::Kind::impossible, "The host could not be read: " + describe(gone.error())};
            rung.changes.insert(rung.changes.end(), gone->begin(), gone->end());
        } else if (const Change& change = std::get<Change>(undo->action); !std::holds_alternative<CannotUndo>(change)) {
            rung.changes.push_back(change);
        }
    }
    if (!changed.details.empty())
        return changed;
    if (rung.changes.empty())
        return not_undoable("Nothing of what job " + entry.job.id + " did can be taken back.");
    plan.rungs.push_back(std::move(rung));
    return plan;
}

} // namespace rdpmedic
