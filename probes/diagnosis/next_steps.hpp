// What does one do next where no cause was found on this host?
#pragma once

#include "probes/diagnosis/event_view.hpp"
#include "probes/diagnosis/rank.hpp"

namespace rdpmedic::diagnosis {

// Two or three sentences by what is known: from outside where no client has come, at the client where clients get in.
// Empty where the first cause says what to do, and where nobody shows a code. Pure.
std::vector<std::string> next_steps(const Diagnosis& diagnosis, const EventView& events);

} // namespace rdpmedic::diagnosis
