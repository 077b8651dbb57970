// Is this foreign text a JSON object that can be trusted to mean one thing?
#pragma once

#include "probes/result.hpp"

#include <nlohmann/json.hpp>

#include <span>
#include <string>
#include <string_view>

namespace rdpmedic::api {

// Parses without recursion. Refused as malformed, with the reason in `where`: text that is not JSON or not UTF-8,
// nesting deeper than 32, and an object that names a key twice (the later one would win silently). Throws nothing.
Result<nlohmann::json> parse_strictly(std::string_view text);

// Nothing when `object` is an object whose keys are all among `known`; else the sentence that says what is wrong,
// beginning with the JSON path: "/tokens/0/rolle: unknown key".
std::string first_unknown_key(const nlohmann::json& object, const std::string& path,
                              std::span<const std::string_view> known);

} // namespace rdpmedic::api
