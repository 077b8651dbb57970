// What do the events of one kind say about a cause, in words?
#pragma once

#include "probes/diagnosis/event_view.hpp"
#include "probes/diagnosis/rank.hpp"

namespace rdpmedic::diagnosis {

// The observation that a sign stands for; nothing where it is not there or could not be read. Pure.
std::optional<Observation> observe(const EventSign& sign, const EventView& events);

} // namespace rdpmedic::diagnosis
