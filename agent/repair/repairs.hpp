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
    std::string what;  // one line for people
    std::string probe; // that judges whether it is called for
    HandshakeProof proof = HandshakeProof::certificate_served;
    std::vector<OptionSpec> options{};
    // Both read the host afresh and block as it does. The options have been checked against the list above.
    std::function<Result<std::vector<Finding>>(const Host&, const JudgeContext&)> judge{};
    std::function<Result<PlanAndFindings>(const Host&, const JudgeContext&, const Options&)> plan{};
};

// In the order in which they are named to people. One file each: repair_<name>.cpp, beside plan_<name>.cpp.
std::vector<Repair> all_repairs();

Repair cert_repair();
Repair termservice_repair();
Repair sessions_repair();
Repair winsock_repair();
Repair firewall_repair();
Repair listener_repair();
Repair tls_repair();
Repair transport_repair();
Repair dns_repair();
Repair network_repair();
Repair machinekeys_repair();
Repair reboot_repair();

// The two halves of a probe as the `judge` of a repair: collect(const Host&), judge(facts, context).
template <class Collect, class Judge>
auto judge_with(Collect collect, Judge judge) {
    return [collect, judge](const Host& host, const JudgeContext& context) -> Result<std::vector<Finding>> {
        auto facts = collect(host);
        if (!facts)
            return facts.error();
        return judge(*facts, context);
    };
}

} // namespace rdpmedic
