// Do two users share a Windows that serves one of them at a time?
#include "probes/sessions.hpp"

#include <algorithm>

namespace rdpmedic::sessions {
namespace {

std::vector<const Session*> of_users(const std::vector<Session>& sessions) {
    std::vector<const Session*> result;
    for (const Session& session : sessions)
        if (is_of_a_user(session) &&
            (session.state == SessionState::active || session.state == SessionState::disconnected))
            result.push_back(&session);
    return result;
}

bool of_one_user(const Session& left, const Session& right) {
    return same_ignoring_case(left.user, right.user) && same_ignoring_case(left.domain, right.domain);
}

// Any two of different users for which `holds`.
template <class Predicate>
bool any_two(const std::vector<const Session*>& sessions, Predicate holds) {
    return std::any_of(sessions.begin(), sessions.end(), [&](const Session* left) {
        return std::any_of(sessions.begin(), sessions.end(),
                           [&](const Session* right) { return !of_one_user(*left, *right) && holds(*left, *right); });
    });
}

} // namespace

bool has_two_users(const std::vector<Session>& sessions) {
    return any_two(of_users(sessions), [](const Session&, const Session&) { return true; });
}

// Only Windows Server and the multi-session editions serve several users at once; those say that they are a server in
// ProductType, though they are installed as a client:
// https://learn.microsoft.com/azure/virtual-desktop/windows-10-multisession-faq
std::vector<Finding> judge_client_edition(const Facts& facts, const std::vector<Session>& sessions) {
    if (!facts.product_type)
        return {};
    if (!*facts.product_type)
        return {unknown("sessions", "ProductType, on which it depends how many users are served at once",
                        facts.product_type->error())};
    if (**facts.product_type != "WinNT")
        return {};
    const auto taken = of_users(sessions);
    // Two users who work at once show that something has lifted the limit; the probe termservice looks at what.
    const bool lifted = any_two(taken, [](const Session& left, const Session& right) {
        return left.state == SessionState::active && right.state == SessionState::active;
    });
    if (lifted)
        return {};
    Finding finding{"sessions.one_user_at_a_time", Severity::info,
                    "several users have sessions on a Windows that serves one of them at a time: whoever logs on next "
                    "disconnects the one who works, or is declined by him"};
    for (const Session* session : taken)
        finding.evidence.push_back(evidence_of(*session));
    return {finding};
}

} // namespace rdpmedic::sessions
