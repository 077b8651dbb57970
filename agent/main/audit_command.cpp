// Who had what done to this host, and is the story still whole?
#include "agent/main/commands.hpp"

#include "agent/main/print.hpp"
#include "agent/repair/audit.hpp"
#include "api/render_history.hpp"
#include "probes/time_text.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic {
namespace {

using nlohmann::json;

std::string text_in(const json& line, const char* name) {
    const auto found = line.find(name);
    return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string for_people(const std::string& text) {
    const json line = json::parse(text, nullptr, false);
    if (!line.is_object())
        return "(a line that cannot be read)";
    const auto time = line.find("time");
    std::string row = time != line.end() && time->is_number_integer()
                          ? to_iso(Time{std::chrono::seconds{time->get<std::int64_t>()}})
                          : std::string("(no time)");
    for (const char* name : {"event", "job", "repair", "caller", "from", "outcome", "text"})
        if (const std::string value = text_in(line, name); !value.empty())
            row += (name == std::string("text") ? ": " : " ") + value;
    for (char& c : row)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = ' ';
    return row;
}

Result<AuditTrail> read(const CommonOptions& common, std::size_t most) {
    return read_audit(common.data_folder / "audit.jsonl", most);
}

} // namespace

int audit_verify_command(const CommonOptions& common) {
    const Result<AuditTrail> trail = read(common, 0);
    if (!trail)
        return complain(trail.error(), 2);
    const bool whole = trail->broken.empty();
    if (common.json)
        std::cout << json{{"chain", whole ? "whole" : "broken: " + trail->broken}, {"lines", trail->lines}}.dump(2)
                  << "\n";
    else if (whole)
        std::cout << "the audit trail is whole: " << trail->lines << " lines\n";
    else
        std::cout << "the audit trail is broken: " << trail->broken << "\n";
    return whole ? 0 : 1;
}

int audit_show_command(const CommonOptions& common, unsigned limit) {
    const Result<AuditTrail> trail = read(common, limit);
    if (!trail)
        return complain(trail.error(), 2);
    if (common.json) {
        std::cout << *api::render_audit(*trail).body;
        return 0;
    }
    for (auto line = trail->last.rbegin(); line != trail->last.rend(); ++line)
        std::cout << for_people(*line) << "\n";
    if (!trail->broken.empty())
        std::cerr << "rdpmedic: the audit trail is broken: " << trail->broken << "\n";
    return 0;
}

} // namespace rdpmedic
