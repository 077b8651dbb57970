// What do the event logs say about RDP, and since when?
#include "probes/events.hpp"

namespace rdpmedic::events {

Probe probe(const ProbeOptions& options) {
    return slow(make_remembering_probe(
        "events", "What do the event logs say about RDP, and since when?", std::chrono::minutes{5},
        std::chrono::seconds{60},
        [own = options.own_handshakes](const Host& host, const JudgeContext& context) {
            return collect(host, context, own.get());
        },
        judge));
}

} // namespace rdpmedic::events
