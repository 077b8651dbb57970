// How does the command line watch a job until it has ended?
#pragma once

#include "agent/repair/desk.hpp"

namespace rdpmedic {

// Shows each step as it goes: a list that is drawn over itself on a terminal, a line each elsewhere, nothing where
// `quiet`. Ctrl-C asks the desk to end the job, once, and goes on watching until it has been taken back. Blocks until
// the job has ended.
Job follow(RepairDesk& desk, Job job, const Caller& caller, bool quiet);

// 0 repaired, not needed, waits for a restart, and of a rollback: taken back; 1 rolled back, or not even that; 2
// refused.
int exit_code_of(const Job& job);

} // namespace rdpmedic
