// The repair sessions: what does it look at, and what must it prove?
#include "agent/repair/plan_sessions.hpp"
#include "agent/repair/repairs.hpp"

namespace rdpmedic {

namespace {

Result<PlanAndFindings> look_at_sessions(const Host& host, const JudgeContext& context, const Options& options) {
    auto facts = sessions::collect(host);
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = sessions::judge(*facts, context);
    return PlanAndFindings{plan_sessions({*facts, findings, options, context.now}), findings};
}

} // namespace

Repair sessions_repair() {
    return {
        "sessions",         "ends sessions that are stuck or left behind",  "sessions",      HandshakeProof::no_worse,
        sessions_options(), judge_with(sessions::collect, sessions::judge), look_at_sessions};
}

} // namespace rdpmedic
