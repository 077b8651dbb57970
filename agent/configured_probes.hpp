// Which probes run on this host, and how often?
#pragma once

#include "agent/settings.hpp"
#include "probes/probe.hpp"

namespace rdpmedic {

// All probes that the settings leave enabled, with the configured periods and timeouts.
std::vector<Probe> configured_probes(const Settings& settings);

} // namespace rdpmedic
