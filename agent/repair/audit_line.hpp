// How does one line of the audit trail hold on to the one before it?
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace rdpmedic {

// The hash that the first line names as the one before it: 64 zeros.
std::string start_of_chain();

// `event` with `previous` and its own `hash`, with a line break. Text that is not UTF-8 is replaced: a line must always
// be writable.
std::string chained_line(nlohmann::json event, const std::string& previous);

struct AuditLine {
    std::string hash{};     // empty: the line does not have the hash that it claims, or claims none
    std::string previous{}; // as the line says
    std::string event{};    // its name
};
// `text` is without its line break.
AuditLine read_audit_line(std::string_view text);

// The event of a line that Audit::append writes where it finds the trail other than it left it. verify_audit takes it
// for a break: the trail goes on behind it, and what was lost before it stays told.
inline constexpr const char* audit_changed_event = "audit_changed";

} // namespace rdpmedic
