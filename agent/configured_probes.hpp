// Which probes run on this host, and how often?
#pragma once

#include "agent/settings.hpp"
#include "probes/probe.hpp"

#include <memory>

namespace rdpmedic {

// All probes that the settings leave enabled, with the configured periods and timeouts. What the handshakes in `own`
// leave in the event logs is not taken for clients.
std::vector<Probe> configured_probes(const Settings& settings, std::shared_ptr<OwnHandshakes> own = nullptr);

} // namespace rdpmedic
