// Which repairs are called for now?
#include "api/plan_list.hpp"

#include "api/problem.hpp"
#include "api/render_repair.hpp"

#include <exception>

namespace rdpmedic::api {

// Between two plans nobody counts a call to the desk, which may then be gone: hence the look at `leaving` before each.
Response PlanList::list(RepairDesk& desk, const State& state) {
    std::vector<std::pair<RepairInfo, std::variant<Plan, Refusal>>> plans;
    if (state.leaving)
        return broken();
    for (RepairInfo& one : desk.repairs()) {
        if (state.leaving)
            return broken();
        std::variant<Plan, Refusal> plan = desk.plan(one.name, {});
        plans.emplace_back(std::move(one), std::move(plan));
    }
    return render_repairs(plans);
}

std::optional<Response> PlanList::answer(const Asked& asked) const {
    const std::lock_guard lock(state_->mutex);
    if (!state_->last || state_->told < asked.told || state_->made_at + keep_ < asked.at)
        return std::nullopt;
    return state_->last;
}

bool PlanList::make() {
    const std::lock_guard lock(state_->mutex);
    if (state_->making)
        return true;
    state_->making = thread_.submit([state = state_, &desk = desk_, told = feed_->newest()] {
        std::optional<Response> made;
        try {
            made = list(desk, *state);
        } catch (const std::exception&) { // on a thread of its own nobody else would catch it
            made = broken();
        }
        const std::lock_guard guard(state->mutex);
        state->last = std::move(made);
        state->made_at = Clock::now();
        state->told = told;
        state->making = false;
    });
    return state_->making;
}

void PlanList::leave(std::chrono::milliseconds patience) {
    state_->leaving = true;
    thread_.leave(patience);
}

} // namespace rdpmedic::api
