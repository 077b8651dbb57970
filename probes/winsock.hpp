// Is the Winsock catalogue whole, and who has put itself into it?
#pragma once

#include "probes/probe.hpp"

namespace rdpmedic::winsock {

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::winsock
