// How does the command line watch a job until it has ended?
#pragma once

#include "agent/repair/desk.hpp"

#include <iosfwd>

namespace rdpmedic {

// Where the job is shown, and what whoever sits there does meanwhile.
struct Watcher {
    std::ostream* out = nullptr; // each step as it goes; null: nothing
    std::ostream* err = nullptr; // what is asked and told besides
    std::size_t width = 0;       // of a terminal, where a list is drawn over itself; 0: a line for each step
    std::function<bool()> interrupted = [] { return false; }; // Ctrl-C since it was asked last
    // Enter since it was asked last; empty where nobody can be asked.
    std::function<bool()> confirmed;
};

// Watches the job to its end and returns it. An interruption asks the desk to end the job, once, and it is watched
// until it has been taken back. A job that waits to hear its caller again hears it by Enter. Blocks for as long.
Job follow(RepairDesk& desk, Job job, const Caller& caller, const Watcher& watcher);

// The same at the terminal of this process, silently where `quiet`.
Job follow(RepairDesk& desk, Job job, const Caller& caller, bool quiet);

// 0 repaired, not needed, waits for a restart, and of a rollback: taken back; 1 improved, rolled back, or not even
// that; 2 refused.
int exit_code_of(const Job& job);

} // namespace rdpmedic
