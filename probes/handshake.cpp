// Does the listener answer as an RDP client would see it?
#include "probes/handshake.hpp"

namespace rdpmedic::handshake {

Probe probe(const ProbeOptions&) {
    return {"handshake", "", std::chrono::seconds{60}, std::chrono::seconds{10},
            [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
                return Error{Errc::unsupported, 0, "handshake"};
            }};
}

} // namespace rdpmedic::handshake
