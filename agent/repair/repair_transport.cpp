// The repair transport: what does it look at, and what must it prove?
#include "agent/repair/plan_transport.hpp"
#include "agent/repair/repairs.hpp"

namespace rdpmedic {

namespace {

Result<PlanAndFindings> look_at_transport(const Host& host, const JudgeContext&, const Options& options) {
    return PlanAndFindings{plan_transport(collect_transport(host), options), {}};
}

} // namespace

// No finding calls for it: that clients may use UDP is no fault.
Repair transport_repair() {
    return {"transport",
            "switches RDP over UDP off, and on again",
            "listener",
            HandshakeProof::no_worse,
            {{"udp", OptionSpec::Kind::choice, "off: TCP alone; on: UDP beside TCP", {"off", "on"}}},
            [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> { return std::vector<Finding>{}; },
            look_at_transport};
}

} // namespace rdpmedic
