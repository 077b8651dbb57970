// What would take a finished repair back, and is it taken back when that is made?
#include "agent/repair/undo_plan.hpp"

#include "agent/repair/plan_parts.hpp"
#include "agent/repair/roll_back.hpp"
#include "agent/repair/still_stands.hpp"
#include "agent/repair/undo_order.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

Refusal not_undoable(const std::string& why) { return {Refusal::Kind::not_undoable, why}; }

// The file that held the key of the certificate that went: the next one's key is made in the same container, so that
// putting the old one back overwrites it.
std::string shared_key_file(const JournalEntry& entry, const std::string& store, const Host& host) {
    for (const Undo& undo : entry.undo)
        if (const auto* change = std::get_if<Change>(&undo.action))
            if (const auto* add = std::get_if<AddCertificate>(change);
                add != nullptr && add->store == store && !add->key_file.empty() && host.file(add->key_file))
                return add->key_file;
    return {};
}

// Takes out the certificates that came during the job and are still there, once.
Result<> drop_what_came(const JournalEntry& entry, const std::string& store, const Host& host,
                        std::vector<Change>& changes) {
    auto held = thumbprints_in(host, store);
    if (!held)
        return held.error();
    const auto is_dropped = [&](const std::string& thumbprint) {
        return std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
            const auto* gone = std::get_if<DeleteCertificate>(&change);
            return gone != nullptr && gone->store == store && gone->thumbprint == thumbprint;
        });
    };
    for (const NewCertificates& came : entry.came)
        for (const std::string& thumbprint : came.thumbprints)
            if (came.store == store && !is_dropped(thumbprint) &&
                std::find(held->begin(), held->end(), thumbprint) != held->end())
                changes.push_back(DeleteCertificate{store, thumbprint, shared_key_file(entry, store, host)});
    return {};
}

const SetServiceState* state_in(const Change& change) { return std::get_if<SetServiceState>(&change); }

// A service that would be started and at once stopped again stays stopped: SessionEnv makes a certificate of its own
// whenever it starts and finds none.
void put(std::vector<Change>& changes, const Change& change) {
    const auto *next = state_in(change), *last = changes.empty() ? nullptr : state_in(changes.back());
    if (next != nullptr && last != nullptr && next->service == last->service && last->state == ServiceState::running &&
        next->state == ServiceState::stopped)
        changes.pop_back();
    changes.push_back(change);
}

bool stops_term_service(const std::vector<Change>& changes) {
    return std::any_of(changes.begin(), changes.end(), [](const Change& change) {
        const auto* state = state_in(change);
        return state != nullptr && state->service == services::term_service && state->state == ServiceState::stopped;
    });
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

std::variant<Plan, Refusal> plan_undo(const JournalEntry& entry, const Host& host, const HostControl& control) {
    if (std::string why = why_not(entry); !why.empty())
        return not_undoable(why);
    const auto unread = [](const Error& error) {
        return Refusal{Refusal::Kind::impossible, "The host could not be read: " + describe(error)};
    };
    auto changed = changed_since(entry, host, control);
    if (!changed)
        return unread(changed.error());
    if (!changed->empty())
        return Refusal{Refusal::Kind::changed_since,
                       "What job " + entry.job.id + " had set has been changed since; take it back by hand.",
                       std::move(*changed)};
    Rung rung{"undo", "Take back job " + entry.job.id, "asked for"};
    for (const Undo& undo : undo_order(entry.undo, *entry.reached, host)) {
        if (const auto* drop = std::get_if<DropNewCertificates>(&undo.action)) {
            if (auto dropped = drop_what_came(entry, drop->store, host, rung.changes); !dropped)
                return unread(dropped.error());
        } else if (const Change& change = std::get<Change>(undo.action); !std::holds_alternative<CannotUndo>(change)) {
            put(rung.changes, change);
        }
    }
    if (rung.changes.empty())
        return not_undoable("Nothing of what job " + entry.job.id + " did can be taken back.");
    if (stops_term_service(rung.changes))
        rung.disruption = sessions_are_disconnected;
    Plan plan;
    plan.repair = entry.job.repair;
    plan.asked_for = "job " + entry.job.id + " taken back";
    plan.rungs.push_back(std::move(rung));
    return plan;
}

Verdict verify_undone(const Plan& plan, const Host& host) {
    for (const Rung& rung : plan.rungs)
        for (const std::string& service : restarted_in(rung.changes))
            if (std::string problem = why_not_running(service, host); !problem.empty())
                return {false, std::move(problem)};
    return {true, "everything is as it was before that repair"};
}

} // namespace rdpmedic
