// Which repairs are there, what do they look at, and what must they prove?
#pragma once

#include "agent/repair/verify.hpp"
#include "probes/host.hpp"

namespace rdpmedic {

// A plan with everything the probe said when it was made: what a repair must not make worse.
struct PlanAndFindings {
    Plan plan;
    std::vector<Finding> findings;
};

struct Repair {
    std::string name;
    std::string probe; // that judges whether it is called for
    HandshakeProof proof = HandshakeProof::listener_answers;
    // Both read the host afresh and block as it does.
    std::function<Result<std::vector<Finding>>(const Host&, const JudgeContext&)> judge;
    std::function<Result<PlanAndFindings>(const Host&, const JudgeContext&)> plan;
};

// In the order in which they are named to people.
std::vector<Repair> all_repairs();

} // namespace rdpmedic
