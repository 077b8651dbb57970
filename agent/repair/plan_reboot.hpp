// What would a restart of the machine cost, and whom?
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/facts.hpp"

namespace rdpmedic {

// Pure. One rung, restart: the machine restarts after `in_s` seconds, and everybody who is logged on is told. Always
// asked for, never called for by a finding. Until then the job can be cancelled; after the boot it is verified.
Plan plan_reboot(const Result<std::vector<Session>>& sessions, const Options& options);

std::vector<OptionSpec> reboot_options();

} // namespace rdpmedic
