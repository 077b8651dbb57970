// The repair reboot: what does it look at, and what must it prove?
#include "agent/repair/plan_reboot.hpp"
#include "agent/repair/repairs.hpp"
#include "probes/termservice.hpp"

namespace rdpmedic {

namespace {

// No finding calls for a restart; those of the services say after the boot whether Remote Desktop came up again.
Result<PlanAndFindings> look_at_sessions_and_services(const Host& host, const JudgeContext& context,
                                                      const Options& options) {
    auto facts = termservice::collect(host);
    if (!facts)
        return facts.error();
    return PlanAndFindings{plan_reboot(host.sessions(), options), termservice::judge(*facts, context)};
}

} // namespace

Repair reboot_repair() {
    return {"reboot",
            "restarts the machine, and looks afterwards whether Remote Desktop answers",
            "termservice",
            HandshakeProof::certificate_served,
            reboot_options(),
            judge_with(termservice::collect, termservice::judge),
            look_at_sessions_and_services};
}

} // namespace rdpmedic
