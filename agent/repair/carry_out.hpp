// How is a plan carried out so that the host is either cured or as it was?
#pragma once

#include "agent/repair/journal.hpp"
#include "agent/repair/verify.hpp"
#include "probes/host.hpp"

namespace rdpmedic {

// Ours, not Microsoft's: how long a listener gets to come up, and SessionEnv to make a certificate.
inline constexpr int verify_tries = 5;
inline constexpr std::chrono::seconds await_certificate_at_most{60};

// The detail of steps that were left out because nobody allowed to disconnect sessions, or nobody asked at all.
inline constexpr const char* left_out_for_sessions = "left out: it would disconnect sessions";
inline constexpr const char* left_out_unattended = "left out: somebody must ask for it";

struct CarryOutParts {
    const Host& host;
    HostControl& control;
    Journal& journal; // begun with this job
    std::function<Verdict()> verify;
    // The job after each step, for whoever waits for it.
    std::function<void(const Job&)> progress = [](const Job&) {};
    // Waits; may come back early when `stopping`.
    std::function<void(std::chrono::milliseconds)> pause = [](std::chrono::milliseconds) {};
    // True: a reason to end now and take everything back (the service stops, the deadline is over); the text says
    // which.
    std::function<std::optional<std::string>()> stop = [] { return std::nullopt; };
    bool may_disconnect = false;
    // Would sessions be cut off that nobody allowed to cut off, because they came after the plan was made? Asked just
    // before a rung that disconnects.
    std::function<bool()> somebody_came = [] { return false; };
    bool unattended = false; // no rung that needs_somebody
    // What a rung that needs a restart of the machine leaves behind for the time after it.
    AfterRestart after_restart{};
    // Has the caller been heard since the last change? For rungs that can cut the caller off.
    std::function<bool()> heard = [] { return true; };
    // Forgets what was heard before: from now on it counts.
    std::function<void()> listen = [] {};
};

// It disconnects, cannot be undone, needs a restart of the machine or its caller's confirmation, or switches on a
// firewall rule that is for public networks too, also where none is active now.
bool needs_somebody(const Rung& rung);

// All steps of a plan in the order in which they may come: the changes of each rung, its wait, its verification.
std::vector<JobStep> steps_of(const Plan& plan);

// Climbs the rungs until one cures. Outcomes: repaired; improved; refused, nothing was touched; rolled_back, not cured
// or a step failed and everything was taken back; rollback_failed; pending_reboot, the rest comes after a restart of
// the machine and the journal is left open for it. Skips rungs that would disconnect sessions unless it may.
// `job.steps` must be steps_of(plan). Blocks for minutes.
Job carry_out(const Plan& plan, Job job, const CarryOutParts& parts);

// What undoes `changes`, whose first has the number `first_step`, from the host as it is now; in their order. Between
// the stop and the start of a service lie changes that it must not see half undone: undoing the start stops it again.
// Where nothing lies between them it runs afterwards, also where it hung before.
Result<std::vector<Undo>> capture_all(const HostControl& control, const std::vector<Change>& changes,
                                      std::size_t first_step);

} // namespace rdpmedic
