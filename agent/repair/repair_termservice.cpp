// The repair termservice: what does it look at, and what must it prove?
#include "agent/repair/plan_termservice.hpp"
#include "agent/repair/repairs.hpp"

namespace rdpmedic {

namespace {

Result<PlanAndFindings> look_at_services(const Host& host, const JudgeContext& context, const Options&) {
    auto facts = termservice::collect(host);
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = termservice::judge(*facts, context);
    const auto sessions = host.sessions();
    const TermServices services = read_term_services(host);
    return PlanAndFindings{plan_termservice({*facts, findings, sessions, services}), findings};
}

} // namespace

Repair termservice_repair() {
    return {"termservice",
            "starts the services of Remote Desktop again",
            "termservice",
            HandshakeProof::certificate_served,
            {},
            judge_with(termservice::collect, termservice::judge),
            look_at_services};
}

} // namespace rdpmedic
