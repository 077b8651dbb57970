// When did the client try, and which events are of that time?
#pragma once

#include "probes/events.hpp"

#include <string_view>

namespace rdpmedic::diagnosis {

// Ours: as long, handshakes of our own are remembered, which would be taken for clients otherwise.
constexpr std::chrono::hours longest_ago{24};

// "2026-01-15T08:30Z", with seconds or an offset ("+01:00") if need be, or how long ago: "20m", "2h". malformed, with
// what is allowed, for everything else: a time without a zone, one to come, one that is longer ago. Pure.
Result<Time> attempt_time(std::string_view text, Time now);

constexpr std::chrono::minutes around_attempt{5};
// So long before it and after it, and not beyond `now`: clocks differ, and a client tries for a while. Pure.
events::Span span_of_attempt(Time at, Time now);

} // namespace rdpmedic::diagnosis
