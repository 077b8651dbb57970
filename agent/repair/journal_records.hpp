// How does each record of the journal look, and what does reading it add to the entry?
#pragma once

#include "agent/repair/desk_json.hpp"
#include "agent/repair/journal.hpp"
#include "agent/repair/json_fields.hpp"

namespace rdpmedic {

nlohmann::json begin_record(const Job& job, const std::string& idempotency_key);
nlohmann::json captured_record(const std::vector<Undo>& undo);
nlohmann::json came_record(const NewCertificates& certificates);
nlohmann::json waiting_record(const AfterRestart& after, const Job& job);

// Takes one record into `entry`. malformed: out of place, incomplete, or of another version of this program. Pure.
Result<> read_record(const nlohmann::json& record, JournalEntry& entry, bool first);

} // namespace rdpmedic
