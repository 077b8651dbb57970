// How is a time written for people and machines alike?
#pragma once

#include "probes/facts.hpp"

#include <string_view>

namespace rdpmedic {

// ISO 8601 in UTC, "2026-01-15T08:30:00Z", for years 0 to 9999.
std::string to_iso(Time time);
// The inverse; anything else is malformed.
Result<Time> time_from_iso(std::string_view text);

} // namespace rdpmedic
