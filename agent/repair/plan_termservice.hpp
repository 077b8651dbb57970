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
    Options options{};
    // Who listens on the port of the listener. Read only where a restart is asked for.
    Result<std::vector<TcpListener>> on_port = Error{Errc::unsupported, 0, "not read"};
};

// Pure. Rungs: enable and start what is disabled or stopped, with its account and its dependencies; where TermService
// hangs, restart it, end its process, or give it a process of its own. With `restart`, restart it and nothing else,
// where it runs and would come back. Remote Desktop that is switched off is a choice, not a fault: nothing is started
// then.
Plan plan_termservice(const TermservicePlanInput& input);

std::vector<OptionSpec> termservice_options();

} // namespace rdpmedic
