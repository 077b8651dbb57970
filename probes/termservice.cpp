// Do the services that carry Remote Desktop run, and will they start again?
#include "probes/termservice.hpp"

namespace rdpmedic::termservice {

Probe probe(const ProbeOptions&) {
    return {"termservice", "", std::chrono::seconds{60}, std::chrono::seconds{10},
            [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
                return Error{Errc::unsupported, 0, "termservice"};
            }};
}

} // namespace rdpmedic::termservice
