// Is the Winsock catalogue whole, and who has put itself into it?
#include "probes/winsock.hpp"

namespace rdpmedic::winsock {

Probe probe(const ProbeOptions&) {
    return {"winsock", "", std::chrono::seconds{60}, std::chrono::seconds{10},
            [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
                return Error{Errc::unsupported, 0, "winsock"};
            }};
}

} // namespace rdpmedic::winsock
