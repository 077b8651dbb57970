// May this repair begin now? Limits, not suggestions.
#pragma once

#include "agent/repair/desk.hpp"

namespace rdpmedic {

// One earlier attempt: a repair that has touched the host.
struct Attempt {
    std::string repair;
    std::string plan; // its hash
    Time started{}, finished{};
    bool wanted_consent = false; // ended uncured because a rung would have disconnected sessions
};

struct Limits {
    std::chrono::seconds cool_down{600};
    unsigned attempts_per_day = 5;
};

// The first guard that says no, or nothing. Pure. The order: what never may (policy, obstacles), then consent, then the
// clock, which runs for a repair of findings by its name, and for one that was asked for by its plan: two sessions may
// be logged off one after the other. A cool-down does not hold back a caller who now gives the consent that the last
// attempt lacked.
std::optional<Refusal> refusal_of(const Plan& plan, const RepairRequest& request, const std::vector<Attempt>& attempts,
                                  const Limits& limits, Time now);

} // namespace rdpmedic
