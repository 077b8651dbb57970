// With what did the audit trail end when it was last written?
#pragma once

#include "probes/result.hpp"

#include <filesystem>
#include <string>

namespace rdpmedic {

// A small file beside the trail. Without it a chain of hashes cannot show that its last lines are gone.
struct AuditHead {
    std::size_t lines = 0;
    std::string hash; // of the last line
    friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

// "audit.head" beside `trail`.
std::filesystem::path audit_head_file(const std::filesystem::path& trail);

// not_found: there is none; malformed: it is not one. Blocks for the read.
Result<AuditHead> read_audit_head(const std::filesystem::path& trail);
// Atomically. Blocks until the disk has it.
Result<> write_audit_head(const std::filesystem::path& trail, const AuditHead& head);

} // namespace rdpmedic
