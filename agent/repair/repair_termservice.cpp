// The repair termservice: what does it look at, and what must it prove?
#include "agent/repair/plan_termservice.hpp"
#include "agent/repair/repairs.hpp"
#include "probes/handshake.hpp"

namespace rdpmedic {

namespace {

Result<std::vector<TcpListener>> on_port_of_listener(const Host& host) {
    const Result<std::uint16_t> port = handshake::listener_port(host);
    if (!port)
        return port.error();
    return handshake::listeners_on(host, *port);
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
        input.on_port = on_port_of_listener(host);
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
