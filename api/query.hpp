// What stands behind the question mark?
#pragma once

#include "api/problem.hpp"
#include "probes/result.hpp"

#include <map>

namespace rdpmedic::api {

// By name, decoded: %41 is a byte, + is a blank. malformed, with the sentence that says so: a name twice or empty, a
// parameter without "=", a percent sign that two hexadecimal digits do not follow.
Result<std::map<std::string, std::string>> parameters_of(std::string_view query);

// ?limit=N of a list, from 1 to `most`; `usual` where it is not given. 400 bad-query for everything else.
std::variant<std::size_t, Problem> limit_of(std::string_view query, std::size_t usual, std::size_t most);

} // namespace rdpmedic::api
