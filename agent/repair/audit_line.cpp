// How does one line of the audit trail hold on to the one before it?
#include "agent/repair/audit_line.hpp"

#include "agent/digest.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic {

namespace {

using nlohmann::json;

std::string dump(const json& line) { return line.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string text_in(const json& line, const char* name) {
    const auto found = line.find(name);
    return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

} // namespace

std::string start_of_chain() { return std::string(64, '0'); }

std::string chained_line(json event, const std::string& previous) {
    event["previous"] = previous;
    event.erase("hash");
    event["hash"] = sha256_hex(dump(event));
    return dump(event) + "\n";
}

AuditLine read_audit_line(std::string_view text) {
    json line = json::parse(text, nullptr, false);
    if (!line.is_object())
        return {};
    AuditLine read{text_in(line, "hash"), text_in(line, "previous"), text_in(line, "event")};
    line.erase("hash");
    if (read.hash.empty() || sha256_hex(dump(line)) != read.hash)
        read.hash.clear();
    return read;
}

} // namespace rdpmedic
