// With what did the audit trail end when it was last written?
#include "agent/repair/audit_head.hpp"

#include "agent/atomic_file.hpp"
#include "agent/disk.hpp"
#include "agent/repair/json_fields.hpp"

namespace rdpmedic {

namespace {

using nlohmann::json;
constexpr std::size_t largest_head = 4096;

} // namespace

std::filesystem::path audit_head_file(const std::filesystem::path& trail) {
    std::filesystem::path file = trail;
    return file.replace_extension(".head");
}

Result<AuditHead> read_audit_head(const std::filesystem::path& trail) {
    const std::filesystem::path file = audit_head_file(trail);
    const auto content = read_whole_file(file, largest_head);
    if (!content)
        return content.error();
    const json parsed = json::parse(*content, nullptr, false);
    JsonFields fields(parsed, disk::text_of(file));
    AuditHead head;
    const auto lines = fields.number("lines");
    head.hash = fields.text("hash");
    if (lines < 0 || head.hash.size() != 64)
        fields.complain("a number of lines and a hash are expected");
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    head.lines = static_cast<std::size_t>(lines);
    return head;
}

Result<> write_audit_head(const std::filesystem::path& trail, const AuditHead& head) {
    const json text{{"lines", head.lines}, {"hash", head.hash}};
    return write_file_atomically(audit_head_file(trail), text.dump() + "\n");
}

} // namespace rdpmedic
