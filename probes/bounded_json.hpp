// How is JSON read that somebody else wrote?
#pragma once

#include "probes/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace rdpmedic {

// Reads the document into `json`, or malformed with "<where>: line 3, column 5: ...". Refuses more than `max_depth`
// arrays and objects inside each other while it reads: nlohmann's copies and comparisons recurse, and a stack is easily
// filled. Never throws for what is in `text`. Not a Result of json, because json converts from and to nearly
// everything.
Result<> parse_json(std::string_view text, std::string_view where, nlohmann::json& json, int max_depth = 32);

} // namespace rdpmedic
