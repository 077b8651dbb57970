// What goes along with one job from the door to the worker?
#pragma once

#include "agent/repair/carry_out.hpp"
#include "agent/repair/desk_impl.hpp"

namespace rdpmedic {

struct Desk::Work {
    const Repair* repair = nullptr; // of the desk's own list; null: a finished job is taken back
    RepairRequest request;
    PlanAndFindings seen;
    Job job;
    Journal journal;
    std::unique_ptr<RepairLock> lock;
    std::optional<JournalEntry> undone{}; // of the job that is taken back
    std::string boot{};                   // mark of the present boot, where a rung needs a restart
};

// What carrying out the inverses of a finished job means for that job: done is rolled_back, not done is
// rollback_failed.
Job as_rollback(Job job);

inline constexpr std::size_t jobs_kept = 200;

Refusal unknown_repair(const std::string& name);
bool asks(const Plan& plan);
std::string rungs_of(const Plan& plan); // "key-acl, renew, restart"
// Sorts by time, and can be neither guessed nor met twice.
std::string new_job_id(Time now);
Refusal no_journal(const Error& error);

} // namespace rdpmedic
