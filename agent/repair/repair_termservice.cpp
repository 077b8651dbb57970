// The repair termservice: what does it look at, and what must it prove?
#include "agent/repair/plan_termservice.hpp"
#include "agent/repair/repairs.hpp"
#include "probes/handshake.hpp"
#include "probes/listener.hpp"

namespace rdpmedic {

namespace {

void look_at_port(const Host& host, TermservicePlanInput& input) {
    const Result<std::uint16_t> port = handshake::listener_port(host);
    if (!port) {
        input.on_port = port.error();
        return;
    }
    input.on_port = handshake::listeners_on(host, *port);
    if (const auto listeners = host.tcp_listeners())
        input.elsewhere = listener::still_elsewhere(*listeners, input.facts.term_service, *port);
}

Result<PlanAndFindings> look_at_services(const Host& host, const JudgeContext& context, const Options& options) {
    auto facts = termservice::collect(host);
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = termservice::judge(*facts, context);
    const auto sessions = host.sessions();
    const TermServices services = read_term_services(host);
    TermservicePlanInput input{*facts, findings, sessions, services, options};
    if (flag_of(options, "restart"))
        look_at_port(host, input);
    return PlanAndFindings{plan_termservice(input), findings};
}

} // namespace

Repair termservice_repair() {
    return {"termservice",
            "starts the services of Remote Desktop again, or restarts TermService where that is asked for",
            "termservice",
            HandshakeProof::certificate_served,
            termservice_options(),
            judge_with(termservice::collect, termservice::judge),
            look_at_services};
}

} // namespace rdpmedic
