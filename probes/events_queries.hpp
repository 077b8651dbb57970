// Which events does the probe ask for?
#pragma once

#include "probes/facts.hpp"

namespace rdpmedic::events {

// How old an event may be when it is asked for, and how old it must be.
struct Ages {
    std::chrono::milliseconds youngest{0}, oldest{0};
};

// One query a channel, and further ones where a flood of one sort would push the rare ones out of the limit. Names are
// short and stable: recordings keep answers by them.
std::vector<EventQuery> queries(const Ages& ages, std::uint16_t port);

// The newest record of a channel that is older than `age`, whatever it tells.
EventQuery older_than(std::chrono::milliseconds age, const std::string& channel);
// The newest record of a channel, whatever it tells.
EventQuery any_of(const std::string& channel);
// Logs that were cleared since `age` ago: event 104, in its field Channel the name of the log.
EventQuery cleared_since(std::chrono::milliseconds age);

} // namespace rdpmedic::events
