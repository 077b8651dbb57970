// How are times written for other programs? As RFC 3339 in UTC with whole seconds.
#pragma once

#include "probes/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace rdpmedic::api {

// "2026-03-01T12:00:00Z". Years below 0 or above 9999 are outside RFC 3339 and are held at its edges.
std::string to_text(std::chrono::sys_seconds time);
// The inverse, for exactly that form; anything else is malformed.
Result<std::chrono::sys_seconds> time_from_text(std::string_view text);
// "Sun, 01 Mar 2026 12:00:00 GMT", for the Date field of HTTP.
std::string to_http_date(std::chrono::sys_seconds time);

} // namespace rdpmedic::api
