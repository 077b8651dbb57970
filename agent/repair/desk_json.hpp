// How do plans and jobs look in the journal?
#pragma once

#include "agent/repair/desk.hpp"

#include <nlohmann/json_fwd.hpp>

namespace rdpmedic {

// All of a job, and back. malformed for anything missing, unknown or of another type.
nlohmann::json to_json(const Job& job);
Result<Job> job_from_json(const nlohmann::json& json);

// What a plan would do and for which findings, without wording: what Plan::hash is made of.
nlohmann::json canonical_json(const Plan& plan);

// One line without line breaks. malformed where a text is not valid UTF-8: what cannot be written as it is must not be
// written as something else, because it is read back to undo a change.
Result<std::string> dump_strictly(const nlohmann::json& json);

} // namespace rdpmedic
