// Which probes exist?
#include "probes/cert.hpp"
#include "probes/firewall.hpp"
#include "probes/handshake.hpp"
#include "probes/sessions.hpp"
#include "probes/termservice.hpp"
#include "probes/winsock.hpp"

namespace rdpmedic {

std::vector<Probe> all_probes() {
    return {
#define RDPMEDIC_PROBE(name) name::probe(),
#include "probes/probe_list.inc"
#undef RDPMEDIC_PROBE
    };
}

} // namespace rdpmedic
