// The repair listener: what does it look at, and what must it prove?
#include "agent/repair/plan_listener.hpp"
#include "agent/repair/repairs.hpp"

namespace rdpmedic {

namespace {

Result<PlanAndFindings> look_at_listener(const Host& host, const JudgeContext& context, const Options& options) {
    auto facts = listener::collect(host);
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = listener::judge(*facts, context);
    const auto sessions = host.sessions();
    const TermServices services = read_term_services(host);
    return PlanAndFindings{plan_listener({*facts, findings, sessions, services, options}), findings};
}

} // namespace

Repair listener_repair() {
    return {"listener",
            "sets the RDP listener to its documented values",
            "listener",
            HandshakeProof::certificate_served,
            {{"enable_rdp", OptionSpec::Kind::flag, "switch Remote Desktop on"},
             {"end_drain", OptionSpec::Kind::flag, "end the drain mode"},
             {"stop_port_owner", OptionSpec::Kind::flag, "stop the service of another product that holds the port"}},
            judge_with(listener::collect, listener::judge),
            look_at_listener};
}

} // namespace rdpmedic
