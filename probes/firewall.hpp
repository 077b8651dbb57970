// Does the Windows Firewall let RDP in on the profiles that are active?
#pragma once

#include "probes/probe.hpp"

namespace rdpmedic::firewall {

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::firewall
