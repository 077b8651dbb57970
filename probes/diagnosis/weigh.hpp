// What speaks for and against one cause, and how sure does that make?
#pragma once

#include "probes/diagnosis/contact.hpp"
#include "probes/diagnosis/event_view.hpp"

namespace rdpmedic::diagnosis {

// Everything that is asked for every cause.
struct Scales {
    const Question& question;
    const Answers& answers;
    const EventView& events;
    const std::vector<Step>& decisions;
    OwnSide own_side;
};

RankedCause weigh(Cause cause, const Scales& scales);

// Whether the report of a probe says something, and what it leaves open.
enum class Reading { whole, in_part, none };
Reading reading_of(const Scales& scales, std::string_view probe);

} // namespace rdpmedic::diagnosis
