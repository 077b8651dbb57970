// What goes along with one job from the door to the worker?
#pragma once

#include "agent/repair/carry_out.hpp"
#include "agent/repair/desk_impl.hpp"

namespace rdpmedic {

struct Desk::Work {
    const Repair& repair; // of the desk's own list
    RepairRequest request;
    PlanAndFindings seen;
    Job job;
    Journal journal;
    std::unique_ptr<RepairLock> lock;
};

Refusal unknown_repair(const std::string& name);
// What makes two requests the same one: the caller, the repair and the key. Empty: no key.
std::string key_of(const RepairRequest& request);
std::string rungs_of(const Plan& plan); // "key-acl, renew, restart"

} // namespace rdpmedic
