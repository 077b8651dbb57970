// How does anybody ask for a repair? The one door for the API and the command line.
#pragma once

#include "agent/repair/change.hpp"
#include "probes/finding.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rdpmedic {

// One rung of a ladder: changes that belong together, after which the host is verified.
struct Rung {
    std::string id;    // "key-acl"
    std::string title; // "Let NETWORK SERVICE read the key file"
    std::string why;   // the evidence
    std::vector<Change> changes;
    std::string disruption; // "none", "all RDP sessions are disconnected"
    bool disconnects_sessions = false;
    // After the changes, wait until this store holds a certificate that it did not hold before the repair (SessionEnv
    // makes it). None in time: the rung has not cured, and the next one is tried.
    std::optional<std::string> await_new_certificate_in;
    // Only for when no new certificate has come: where one did, this rung would take its key away.
    bool only_without_new_certificate = false;
};

// What a repair would do to this host now, least damage first. Pure data: shown, hashed, journalled, carried out.
struct Plan {
    std::string repair;
    std::vector<Finding> cures;         // the findings it is for; empty: nothing to do
    std::vector<Rung> rungs;            // empty: nothing to do, or nothing that may be done, see obstacles
    std::vector<std::string> obstacles; // why it cannot be carried out: a policy, an unreadable fact
    std::vector<std::string> sessions;  // who would be cut off: "user07 (active, id 3, RDP-Tcp#3)"
    std::string blocked_by_policy;      // the policy value, where one blocks
    // SHA-256 in hex over the canonical JSON of what would be done and for which findings: the same plan for the same
    // host has the same hash, whatever the wording, the time and the sessions.
    std::string hash() const;
};

struct Caller {
    std::string name; // of the token, or of the Windows user on the command line
    std::string from; // address, or "command line"
};

struct RepairRequest {
    std::string repair;
    bool disconnect_sessions = false;
    std::string idempotency_key; // empty: none
    Caller caller;
};

enum class Outcome { running, repaired, not_needed, refused, rolled_back, rollback_failed, pending_reboot };
const char* name_of(Outcome outcome) noexcept; // "running", "repaired", ...

enum class StepState { planned, running, done, failed, undone, undo_failed, skipped };
const char* name_of(StepState state) noexcept;

struct JobStep {
    std::string rung;
    std::string what;
    StepState state = StepState::planned;
    std::string detail; // the error, where there is one
    std::optional<Time> at;
};

struct Job {
    std::string id;
    std::string repair;
    Caller caller;
    Time started{};
    std::optional<Time> finished;
    Outcome outcome = Outcome::running;
    std::string reason; // one sentence for people
    std::string plan_hash;
    std::vector<JobStep> steps;
};

// Why a repair did not even begin.
struct Refusal {
    enum class Kind {
        unknown_repair,
        busy,
        cool_down,
        too_many_attempts,
        sessions,
        policy,
        impossible,
        unsupported,
        journal
    };
    Kind kind = Kind::impossible;
    std::string text;
    std::vector<std::string> details;    // the sessions, the policy
    std::chrono::seconds retry_after{0}; // for cool_down, too_many_attempts and busy
};

// Thread-safe. `plan` and `start` read the host and may block for seconds; `job` does not block.
class RepairDesk {
  public:
    virtual ~RepairDesk() = default;
    virtual std::vector<std::string> names() const = 0;
    virtual std::variant<Plan, Refusal> plan(const std::string& repair) = 0;
    // Begins in the background and returns the job at once. A plan with nothing to do gives a finished job with
    // not_needed and writes nothing. An idempotency key seen before gives the first job again.
    virtual std::variant<Job, Refusal> start(const RepairRequest& request) = 0;
    virtual std::optional<Job> job(const std::string& id) const = 0;
    // Waits until the job has finished, at most `patience`. Blocks.
    virtual std::optional<Job> wait(const std::string& id, std::chrono::milliseconds patience) const = 0;
};

} // namespace rdpmedic
