// Does the listener answer as an RDP client would see it?
#pragma once

#include "probes/probe.hpp"

namespace rdpmedic::handshake {

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::handshake
