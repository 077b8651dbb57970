// How does a plan read to people, and what must they be asked?
#pragma once

#include "agent/repair/desk.hpp"

namespace rdpmedic {

enum class PlanState {
    called_for, // findings call for it
    asked_only, // nothing is wrong; it would do what the caller asks
    not_needed, // nothing to do
    impossible, // something to do, and no way that may be gone: see policy and obstacles
};
const char* name_of(PlanState state) noexcept; // "called_for", ...
// As the desk would decide it, apart from clocks, consent and other repairs.
PlanState state_of(const Plan& plan);

// What stands in the way of an impossible plan: the policy value, then the obstacles. Empty for the others.
std::vector<std::string> blocked_by(const Plan& plan);

// "none" where the rung, or the plan, disrupts nothing. The worst: what disconnects, then what needs a restart.
std::string disruption_of(const Rung& rung);
std::string first_disruption(const Plan& plan);
std::string worst_disruption(const Plan& plan);

// What somebody should agree to before this plan is carried out: what it may disrupt, cannot take back, or needs a
// restart for, one sentence each. Rungs that the desk leaves out without consent do not count. Empty: nothing.
std::vector<std::string> reasons_to_ask(const Plan& plan, bool disconnect_sessions);

// The plan as a change request, several lines. `what` is RepairInfo::what.
std::string to_text(const Plan& plan, const std::string& what);

} // namespace rdpmedic
