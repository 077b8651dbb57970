// How are findings named, and how does an unanswered question become one?
#include "probes/finding.hpp"

namespace rdpmedic {

const char* name_of(Severity severity) noexcept {
    switch (severity) {
    case Severity::info:
        return "info";
    case Severity::unknown:
        return "unknown";
    case Severity::warning:
        return "warning";
    case Severity::critical:
        return "critical";
    }
    return "unknown";
}

Finding unknown(std::string_view probe, std::string subject, const Error& error) {
    Finding finding{std::string(probe) + ".unknown", Severity::unknown,
                    "could not read " + subject + ": " + describe(error)};
    finding.subject = std::move(subject);
    return finding;
}

} // namespace rdpmedic
