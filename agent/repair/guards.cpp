// May this repair begin now? Limits, not suggestions.
#include "agent/repair/guards.hpp"

#include "agent/repair/carry_out.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using std::chrono::seconds;
constexpr seconds one_day = std::chrono::hours{24};

std::optional<Refusal> policy_refusal(const Plan& plan) {
    if (!plan.rungs.empty() || plan.blocked_by_policy.empty())
        return std::nullopt;
    std::vector<std::string> details{plan.blocked_by_policy};
    details.insert(details.end(), plan.obstacles.begin(), plan.obstacles.end());
    return Refusal{Refusal::Kind::policy,
                   "A Group Policy owns what this repair would change; it would come back. Change the policy.",
                   std::move(details), seconds{0}};
}

std::optional<Refusal> obstacle_refusal(const Plan& plan) {
    if (!plan.rungs.empty())
        return std::nullopt;
    return Refusal{Refusal::Kind::impossible,
                   plan.obstacles.empty() ? "This repair knows no way to cure what was found." : plan.obstacles.front(),
                   plan.obstacles, seconds{0}};
}

std::optional<Refusal> session_refusal(const Plan& plan, const RepairRequest& request) {
    if ((request.disconnect_sessions && !request.unattended) || plan.sessions.empty())
        return std::nullopt;
    if (!std::all_of(plan.rungs.begin(), plan.rungs.end(), [](const Rung& rung) { return rung.disconnects_sessions; }))
        return std::nullopt;
    return Refusal{Refusal::Kind::sessions,
                   "This repair would cut off the sessions named here. Ask again with disconnect_sessions to allow it.",
                   plan.sessions, seconds{0}};
}

std::optional<Refusal> unattended_refusal(const Plan& plan, const RepairRequest& request) {
    if (!request.unattended || !std::all_of(plan.rungs.begin(), plan.rungs.end(), needs_somebody))
        return std::nullopt;
    return Refusal{
        Refusal::Kind::sessions,
        "Every way to cure this disconnects sessions, cannot be undone, needs a restart or opens the host to public "
        "networks: somebody must ask for it.",
        plan.sessions};
}

// Asked for with other words it is the same again.
bool restarts_machine(const Plan& plan) {
    return std::any_of(plan.rungs.begin(), plan.rungs.end(), [](const Rung& rung) {
        return std::any_of(rung.changes.begin(), rung.changes.end(),
                           [](const Change& change) { return std::holds_alternative<ScheduleRestart>(change); });
    });
}

std::optional<Refusal> clock_refusal(const Plan& plan, const RepairRequest& request,
                                     const std::vector<Attempt>& attempts, const Limits& limits, Time now) {
    unsigned today = 0;
    std::optional<Time> oldest;
    seconds wait{0};
    for (const Attempt& attempt : attempts) {
        const bool another = plan.cures.empty() && attempt.plan != plan.hash() && !restarts_machine(plan);
        if (attempt.repair != request.repair || another)
            continue;
        // A clock that was set back makes attempts of the future; further ahead than the cool-down they do not count.
        const seconds age = now - attempt.finished;
        if (age < -limits.cool_down)
            continue;
        if (now - attempt.started < one_day) {
            ++today;
            oldest = oldest ? std::min(*oldest, attempt.started) : attempt.started;
        }
        const bool consent_given = attempt.wanted_consent && request.disconnect_sessions;
        if (!consent_given)
            wait = std::max(wait, limits.cool_down - std::max(age, seconds{0}));
    }
    if (today >= limits.attempts_per_day)
        return Refusal{Refusal::Kind::too_many_attempts,
                       "This repair has been tried " + std::to_string(today) +
                           " times within a day; something keeps breaking the host. Look at the finished jobs.",
                       {},
                       oldest ? std::max(seconds{1}, one_day - (now - *oldest)) : one_day};
    if (wait > seconds{0})
        return Refusal{Refusal::Kind::cool_down,
                       "This repair has just been tried; wait " + std::to_string(wait.count()) + " seconds.",
                       {},
                       wait};
    return std::nullopt;
}

} // namespace

std::optional<Refusal> refusal_of(const Plan& plan, const RepairRequest& request, const std::vector<Attempt>& attempts,
                                  const Limits& limits, Time now) {
    if (auto refusal = policy_refusal(plan))
        return refusal;
    if (auto refusal = obstacle_refusal(plan))
        return refusal;
    if (auto refusal = session_refusal(plan, request))
        return refusal;
    if (auto refusal = unattended_refusal(plan, request))
        return refusal;
    return clock_refusal(plan, request, attempts, limits, now);
}

} // namespace rdpmedic
