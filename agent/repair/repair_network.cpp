// The repair network: what does it look at, and what must it prove?
#include "agent/repair/plan_network.hpp"
#include "agent/repair/repairs.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

// Without the notes of the probe: what a repair sees is no look of the probe.
JudgeContext without_notes(JudgeContext context) {
    context.notes = nullptr;
    return context;
}

Result<std::vector<Finding>> judge_network(const Host& host, const JudgeContext& context) {
    auto facts = network::collect(host, without_notes(context));
    if (!facts)
        return facts.error();
    return network::judge(*facts, context);
}

Result<PlanAndFindings> look_at_network(const Host& host, const JudgeContext& context, const Options& options) {
    auto facts = network::collect(host, without_notes(context));
    if (!facts)
        return facts.error();
    const std::vector<Finding> findings = network::judge(*facts, context);
    std::vector<network::PowerSaving> power_saving;
    if (text_of(options, "power_saving") && facts->adapters) {
        std::vector<AdapterFacts> real;
        std::copy_if(facts->adapters->begin(), facts->adapters->end(), std::back_inserter(real), network::is_real);
        power_saving = network::power_saving_of(host, real);
    }
    return PlanAndFindings{plan_network({*facts, findings, power_saving, options}), findings};
}

} // namespace

Repair network_repair() {
    return {"network",         "asks for an address where there is none, and keeps an adapter awake",
            "network",         HandshakeProof::no_worse,
            network_options(), judge_network,
            look_at_network};
}

} // namespace rdpmedic
