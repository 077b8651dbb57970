// Is a session stuck, orphaned or in the way of the next logon?
#pragma once

#include "probes/probe.hpp"

namespace rdpmedic::sessions {

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::sessions
