// Can this edition of Windows host Remote Desktop?
#include "probes/listener_edition.hpp"

#include "probes/letter_case.hpp"

namespace rdpmedic::listener {
namespace {

constexpr const char* value_name = "EditionID";

} // namespace

bool cannot_host(const Result<std::string>& edition) { return edition && begins_ignoring_case(*edition, "Core"); }

std::string evidence_of_edition(const Result<std::string>& edition) {
    if (edition)
        return label(keys::windows_version, value_name) + " = " + *edition;
    return is_absent(edition) ? std::string() : std::string(value_name) + ": " + describe(edition.error());
}

Result<std::string> read_edition(const Host& host) { return read_text(host, keys::windows_version, value_name); }

} // namespace rdpmedic::listener
