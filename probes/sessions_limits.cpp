// Which time limits end sessions that are in use, and who has set them?
#include "probes/sessions.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::sessions {
namespace {

struct Names {
    const char* limit;
    const char* inherit;
    const char* when; // it ends a session
};
// https://learn.microsoft.com/windows/win32/termserv/win32-tssessionsetting
constexpr std::array names{
    Names{"MaxIdleTime", "fInheritMaxIdleTime", " without input"},
    Names{"MaxConnectionTime", "fInheritMaxSessionTime", ", used or not"},
};

Finding limit_found(const TimeLimit& limit, const Setting& set) {
    const auto row =
        std::find_if(names.begin(), names.end(), [&](const Names& one) { return limit.name == one.limit; });
    Finding finding{"sessions.time_limit", Severity::info,
                    "a session is disconnected or ended after " +
                        spell(std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds{set.value})) +
                        (row == names.end() ? "" : row->when) + ": that is how it is set",
                    limit.name};
    finding.evidence = {evidence_of(set)};
    if (set.from_policy)
        finding.policy = label(set.key, set.name);
    else if (limit.inherit)
        finding.evidence.push_back(evidence_of(*limit.inherit));
    return finding;
}

} // namespace

std::vector<TimeLimit> time_limits_of(const Lists& lists) {
    std::vector<TimeLimit> limits;
    for (const Names& row : names) {
        const auto by_policy = listed_dword(lists.policy, keys::terminal_services_policy, row.limit);
        limits.push_back({row.limit,
                          is_absent(by_policy) ? listed_dword(lists.listener, keys::rdp_tcp, row.limit) : by_policy,
                          listed_dword(lists.listener, keys::rdp_tcp, row.inherit)});
    }
    return limits;
}

std::vector<Finding> judge_time_limits(const Facts& facts) {
    std::vector<Finding> findings;
    for (const TimeLimit& one : facts.time_limits) {
        if (is_unreadable(one.limit)) {
            findings.push_back(unknown("sessions", one.name, one.limit.error()));
            continue;
        }
        if (!one.limit || one.limit->value == 0)
            continue;
        // As with MaxDisconnectionTime: where the listener inherits, each user's own limit counts.
        if (!one.limit->from_policy && is_unreadable(one.inherit))
            findings.push_back(unknown("sessions", "whether " + one.name + " counts", one.inherit.error()));
        else if (one.limit->from_policy || (one.inherit && one.inherit->value == 0))
            findings.push_back(limit_found(one, *one.limit));
    }
    return findings;
}

} // namespace rdpmedic::sessions
