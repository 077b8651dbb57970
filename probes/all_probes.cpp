// Which probes exist?
#include "probes/access.hpp"
#include "probes/cert.hpp"
#include "probes/dns.hpp"
#include "probes/events.hpp"
#include "probes/firewall.hpp"
#include "probes/gateway.hpp"
#include "probes/handshake.hpp"
#include "probes/interference.hpp"
#include "probes/licensing.hpp"
#include "probes/listener.hpp"
#include "probes/network.hpp"
#include "probes/resources.hpp"
#include "probes/sessions.hpp"
#include "probes/termservice.hpp"
#include "probes/tls.hpp"
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
