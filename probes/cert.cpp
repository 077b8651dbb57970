// Will the certificate that RDP presents be accepted, and can the listener use its key?
#include "probes/cert.hpp"

namespace rdpmedic::cert {

Probe probe(const ProbeOptions&) {
    return {"cert", "", std::chrono::seconds{60}, std::chrono::seconds{10},
            [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
                return Error{Errc::unsupported, 0, "cert"};
            }};
}

} // namespace rdpmedic::cert
