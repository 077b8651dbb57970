// What would make the RDP listener accept connections as Windows sets it up, and never less safely than now?
#pragma once

#include "agent/repair/plan_parts.hpp"
#include "probes/listener.hpp"

namespace rdpmedic {

struct ListenerPlanInput {
    const listener::Facts& facts;
    const std::vector<Finding>& findings;
    const Result<std::vector<Session>>& sessions;
    const TermServices& services;
    const Options& options;
};

// Pure. Rungs: set what is out of its range or switched off to the documented value; stop the service that holds the
// port; restart TermService, or wait for the restart of Windows, where the listener does not take that at once.
// Options: enable_rdp switches Remote Desktop on, end_drain ends the drain mode, stop_port_owner stops a foreign
// service. PortNumber is reported and not set, and what a policy owns is named and not touched.
Plan plan_listener(const ListenerPlanInput& input);

} // namespace rdpmedic
