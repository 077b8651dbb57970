// The repair dns: what does it look at, and what must it prove?
#include "agent/repair/plan_dns.hpp"
#include "agent/repair/repairs.hpp"

namespace rdpmedic {

namespace {

Result<PlanAndFindings> look_at_names(const Host& host, const JudgeContext& context, const Options& options) {
    auto facts = dns::collect(host);
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = dns::judge(*facts, context);
    return PlanAndFindings{plan_dns(*facts, findings, options), findings};
}

} // namespace

Repair dns_repair() {
    return {"dns",         "lets the name of this host lead to it again", "dns",        HandshakeProof::no_worse,
            dns_options(), judge_with(dns::collect, dns::judge),          look_at_names};
}

} // namespace rdpmedic
