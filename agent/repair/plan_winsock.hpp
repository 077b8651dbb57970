// What would make the Winsock catalogue whole again, with as few foreign products broken as possible?
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/winsock.hpp"

namespace rdpmedic {

// Pure. Rungs:
//   remove-provider  takes out one foreign provider: the one that `provider` names, or those whose file does not exist
//   reset            what netsh winsock reset does, only with `reset=true`; counts after a restart of the machine
// A provider of Windows is never taken out, nor one on which others are built or without which TCP or UDP go unserved.
Plan plan_winsock(const winsock::Facts& facts, const std::vector<Finding>& findings, const Options& options);

std::vector<OptionSpec> winsock_options();

} // namespace rdpmedic
