// Do the services that carry Remote Desktop run, and will they start again?
#pragma once

#include "probes/probe.hpp"

namespace rdpmedic::termservice {

Probe probe();

} // namespace rdpmedic::termservice
