// Which probes run on this host, and how often?
#include "agent/configured_probes.hpp"

namespace rdpmedic {

std::vector<Probe> configured_probes(const Settings& settings, std::shared_ptr<OwnHandshakes> own) {
    std::vector<Probe> probes;
    for (Probe& probe : all_probes({settings.rdp_address, std::move(own)})) {
        const auto found = settings.probes.find(probe.id);
        if (found != settings.probes.end()) {
            if (!found->second.enabled)
                continue;
            probe.period = found->second.period.value_or(probe.period);
            probe.timeout = found->second.timeout.value_or(probe.timeout);
        }
        probes.push_back(std::move(probe));
    }
    return probes;
}

} // namespace rdpmedic
