// Do the services that carry Remote Desktop run, and will they start again?
#pragma once

#include "probes/probe.hpp"

namespace rdpmedic::termservice {

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::termservice
