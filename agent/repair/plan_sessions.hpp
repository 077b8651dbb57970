// Which sessions would be ended, for whom, and what would their users lose?
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/sessions.hpp"

namespace rdpmedic {

struct SessionsPlanInput {
    const sessions::Facts& facts;
    const std::vector<Finding>& findings;
    const Options& options;
    Time now{};
};

// Pure. Rungs:
//   disconnect  disconnects sessions whose client is gone, or the one that is named
//   log-off     ends sessions; what was not saved in them is lost
// Without a choice of sessions, those of the findings; `session`, `user` and `disconnected_for_h` choose, and where
// several are given, all must fit. Nothing is done to session 0, to listeners and to what could not be read. An active
// session and that of the console are only ended where their id is given: who has come back since keeps the session.
Plan plan_sessions(const SessionsPlanInput& input);

std::vector<OptionSpec> sessions_options();

} // namespace rdpmedic
