// How are facts written as JSON, so that what is read back is equal to what was written?
//
// Names are those of the members in facts.hpp. Bytes are lower-case hex, times ISO 8601 in UTC, enumerators their
// names. A Result is {"value": ...} or {"error": {"code", "native", "where"}}. A registry value is
// {"type": "REG_DWORD", "dword": 3389}; the other data members are qword, text, list and bytes. Empty optionals are
// left out. Members that a reader does not know are ignored; every other deviation is refused.
#pragma once

#include "probes/facts.hpp"

#include <nlohmann/json_fwd.hpp>

namespace rdpmedic {

// Defined for every type of facts.hpp, for Result, std::vector and std::map (by name) of them where Host answers with
// that, and for Time and Error.
template <class T>
nlohmann::json facts_to_json(const T& facts);

// Reads into `facts`. Malformed names the place, beginning with `path`: "reads.sessions.value[3].state: expected ...".
// After an error `facts` is in part filled and must not be used. Never throws.
template <class T>
Result<> facts_from_json(const nlohmann::json& json, const std::string& path, T& facts);

} // namespace rdpmedic
