// Which events does the probe ask for?
#pragma once

#include "probes/facts.hpp"

namespace rdpmedic::events {

// One query a channel, and further ones where a flood of one sort would push the rare ones out of the limit. All are
// limited to the last `window`. Names are short and stable: recordings keep answers by them.
std::vector<EventQuery> queries(std::chrono::seconds window, std::uint16_t port);

} // namespace rdpmedic::events
