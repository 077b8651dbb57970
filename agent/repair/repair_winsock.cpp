// The repair winsock: what does it look at, and what must it prove?
#include "agent/repair/plan_winsock.hpp"
#include "agent/repair/repairs.hpp"

namespace rdpmedic {

namespace {

Result<PlanAndFindings> look_at_catalogue(const Host& host, const JudgeContext& context, const Options& options) {
    auto facts = winsock::collect(host);
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = winsock::judge(*facts, context);
    return PlanAndFindings{plan_winsock(*facts, findings, options), findings};
}

} // namespace

Repair winsock_repair() {
    return {"winsock",         "takes what is foreign or damaged out of the Winsock catalogue",
            "winsock",         HandshakeProof::no_worse,
            winsock_options(), judge_with(winsock::collect, winsock::judge),
            look_at_catalogue};
}

} // namespace rdpmedic
