// Is a session stuck, orphaned or in the way of the next logon?
#include "probes/sessions.hpp"

namespace rdpmedic::sessions {

Probe probe(const ProbeOptions&) {
    return {"sessions", "", std::chrono::seconds{60}, std::chrono::seconds{10},
            [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
                return Error{Errc::unsupported, 0, "sessions"};
            }};
}

} // namespace rdpmedic::sessions
