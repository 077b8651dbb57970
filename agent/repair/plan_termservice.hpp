// What would start Remote Desktop's services again, with the least damage?
#pragma once

#include "agent/repair/plan_parts.hpp"
#include "probes/termservice.hpp"

namespace rdpmedic {

struct TermservicePlanInput {
    const termservice::Facts& facts;
    const std::vector<Finding>& findings;
    const Result<std::vector<Session>>& sessions;
    const TermServices& services;
};

// Pure. Rungs: enable and start what is disabled or stopped, with its account and its dependencies; where TermService
// hangs, restart it, end its process, or give it a process of its own. Remote Desktop that is switched off is a choice,
// not a fault: nothing is started then.
Plan plan_termservice(const TermservicePlanInput& input);

} // namespace rdpmedic
