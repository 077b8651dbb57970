// Does the Windows Firewall let RDP in on the profiles that are active?
#include "probes/firewall.hpp"

namespace rdpmedic::firewall {

Probe probe(const ProbeOptions&) {
    return {"firewall", "", std::chrono::seconds{60}, std::chrono::seconds{10},
            [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
                return Error{Errc::unsupported, 0, "firewall"};
            }};
}

} // namespace rdpmedic::firewall
