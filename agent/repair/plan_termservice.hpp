// What would start Remote Desktop's services again, with the least damage?
#pragma once

#include "agent/repair/desk.hpp"
#include "probes/termservice.hpp"

namespace rdpmedic {

// Pure. Rungs: enable and start what is disabled or stopped; restart TermService where it hangs. Remote Desktop that
// is switched off is a choice, not a fault: nothing is started then.
Plan plan_termservice(const termservice::Facts& facts, const std::vector<Finding>& findings,
                      const Result<std::vector<Session>>& sessions);

} // namespace rdpmedic
