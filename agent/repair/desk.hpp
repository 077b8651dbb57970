// How does anybody ask for a repair? The one door for the API and the command line.
#pragma once

#include "agent/repair/job.hpp"
#include "agent/repair/plan.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rdpmedic {

struct RepairRequest {
    std::string repair;
    bool disconnect_sessions = false;
    std::string idempotency_key{}; // empty: none
    Caller caller{};
    Options options{};
    std::vector<std::string> plans{}; // hashes of those that may be carried out; empty: whatever is called for
    bool unattended = false;          // nobody asked: no rung that disconnects, cannot be undone or needs a restart
};

// Why a repair did not even begin.
struct Refusal {
    enum class Kind {
        unknown_repair,
        bad_option,
        busy,
        cool_down,
        too_many_attempts,
        sessions,
        policy,
        impossible,
        unsupported,
        journal,
        plan_changed,  // the plan is none of those that the caller has seen
        key_reused,    // the idempotency key belongs to another request of this caller
        unknown_job,   // no job of that id, or it is forgotten
        not_undoable,  // of a job: it changed nothing, or nothing is kept to take it back with
        changed_since, // of a job: somebody else has changed what it had changed
    };
    Kind kind = Kind::impossible;
    std::string text;
    std::vector<std::string> details{};  // the sessions, the policy, what has changed
    std::chrono::seconds retry_after{0}; // for cool_down, too_many_attempts and busy
};

// What there is to repair, for lists.
struct RepairInfo {
    std::string name;
    std::string what; // one line for people
    std::vector<OptionSpec> options{};
};

// Thread-safe. `plan`, `start` and `roll_back` read the host and may block for seconds; the others do not block.
class RepairDesk {
  public:
    virtual ~RepairDesk() = default;
    virtual std::vector<RepairInfo> repairs() const = 0;
    virtual std::variant<Plan, Refusal> plan(const std::string& repair, const Options& options) = 0;
    // Begins in the background and returns the job at once. A plan with nothing to do gives a finished job with
    // not_needed and writes nothing. The same request with the same idempotency key gives the first job again, another
    // one with that key is refused.
    virtual std::variant<Job, Refusal> start(const RepairRequest& request) = 0;
    // Takes back a finished repair from what its journal keeps, as a job of its own. Refused where what it had changed
    // is no longer as it left it, and where it would cut off sessions unless `disconnect_sessions` allows that.
    virtual std::variant<Job, Refusal> roll_back(const std::string& id, const Caller& caller,
                                                 bool disconnect_sessions) = 0;
    // Asks a running job to end before its next step, which takes back what it has done, or takes back one that waits
    // for a restart. The job as it is now; poll it for its end.
    virtual std::variant<Job, Refusal> cancel(const std::string& id, const Caller& caller) = 0;
    virtual std::optional<Job> job(const std::string& id) const = 0;
    virtual std::vector<Job> jobs() const = 0; // newest first
    // Waits until the job has finished, at most `patience`. Blocks.
    virtual std::optional<Job> wait(const std::string& id, std::chrono::milliseconds patience) const = 0;
    // Somebody was let in from this address: a job that waits for its caller to be heard again may end.
    virtual void heard_from(const Caller& caller) = 0;
    // Takes back, in the background, what another process has left open by dying, and learns the jobs that others have
    // finished. Nothing while a job runs, here or there; no more than a look at the names in the journal folder where
    // all of them are known.
    virtual void recover_others() = 0;
};

} // namespace rdpmedic
