// Is a host cured or as it was, wherever a repair fails, dies or finds the disk full? For the real plan of any repair.
#pragma once

#include "agent/repair/job.hpp"
#include "agent/repair/repairs.hpp"
#include "tests/support/fake_control.hpp"

namespace rdpmedic::testing {

// A host with a fault, and the repair that is carried out on it.
struct BrokenHost {
    std::string name;
    Repair repair;
    Options options{};
    std::function<std::unique_ptr<FakeHost>()> host;
    std::function<void(FakeControl&)> hands = [](FakeControl&) {}; // what SessionEnv makes, what a lease brings ...
    // For repairs with steps that cannot be taken back by their nature: `state_of` without what they may cost.
    std::function<std::string(const std::string&)> forgive = [](const std::string& state) { return state; };
};

// Carries the plan out with the real verification, sessions may be disconnected. The job, and the host through `after`.
Job carry_out_for_real(
    const BrokenHost& broken,
    const std::function<void(FakeHost&, FakeControl&)>& after = [](FakeHost&, FakeControl&) {});

// CHECKs, each from a fresh host and with a verification that never finds it cured, so that every rung is climbed:
// * not cured: everything is taken back;
// * each step fails once: everything is taken back;
// * the process dies before and after each step, also while it takes back: the next start takes everything back, once;
// * the disk is full at each record of the journal: refused before the first change, or everything is taken back.
// A plan that waits for a restart of the machine is taken back from its journal instead. Returns how many changes the
// whole climb makes, undos included: a case that makes none shows nothing.
//
// And with one that finds it cured after the first rung, after the second, and so on, so that the job is finished:
// * a new desk takes it back by its id;
// * each step of that fails once, or the process dies before or after it: the host is as the repair had left it, and
//   can still be taken back.
int check_nothing_lost(const BrokenHost& broken);

} // namespace rdpmedic::testing
