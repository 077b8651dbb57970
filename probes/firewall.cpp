// Does the Windows Firewall let RDP in on the profiles that are active?
#include "probes/firewall.hpp"

namespace rdpmedic::firewall {

Probe probe(const ProbeOptions&) {
    return make_probe("firewall", "Does the Windows Firewall let RDP in on the profiles that are active?",
                      std::chrono::seconds{60}, std::chrono::seconds{10}, collect, judge);
}

} // namespace rdpmedic::firewall
