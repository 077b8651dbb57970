// Which probes exist?
#include "probes/cert.hpp"
#include "probes/firewall.hpp"
#include "probes/handshake.hpp"
#include "probes/sessions.hpp"
#include "probes/termservice.hpp"
#include "probes/winsock.hpp"

namespace rdpmedic {

std::vector<Probe> all_probes(const ProbeOptions& options) {
    return {
#define RDPMEDIC_PROBE(name) name::probe(options),
#include "probes/probe_list.inc"
#undef RDPMEDIC_PROBE
    };
}

} // namespace rdpmedic
