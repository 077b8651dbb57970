// Which option does a repair need, so that it cures what was found?
#pragma once

#include "probes/diagnosis/rank.hpp"

namespace rdpmedic::diagnosis {

// "end_drain=true" where the plan of the finding's repair leaves the finding alone without it: somebody has to decide
// that. Empty where it needs none, or has no repair. The names are those of the repairs (agent/repair/repair_*.cpp).
std::string_view option_of(const Finding& finding);

// "rdpmedic repair listener --option end_drain=true"; empty where no repair is called for.
std::string command_of(const RankedCause& ranked);
std::string command_of(const Finding& finding);

} // namespace rdpmedic::diagnosis
