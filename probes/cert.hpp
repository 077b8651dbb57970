// Will the certificate that RDP presents be accepted, and can the listener use its key?
#pragma once

#include "probes/probe.hpp"

namespace rdpmedic::cert {

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::cert
