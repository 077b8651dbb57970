// What does the RD Gateway of this host present to clients?
#include "probes/gateway.hpp"

#include "probes/gateway_binding.hpp"

#include <algorithm>

namespace rdpmedic::gateway {
namespace {

// Nothing where the port is not looked at.
std::optional<Result<std::vector<UdpEndpoint>>> holders_of_udp(const Host& host, const Facts& facts) {
    if (facts.service->state != ServiceState::running || !facts.setting || !facts.setting->configured ||
        !facts.setting->udp || !facts.setting->udp->enabled)
        return std::nullopt;
    Result<std::vector<UdpEndpoint>> rows = host.udp_endpoints();
    if (rows)
        std::erase_if(*rows, [&](const UdpEndpoint& row) { return row.port != facts.setting->udp->port; });
    return rows;
}

bool has_foreign(const Result<std::vector<UdpEndpoint>>& rows, const ServiceFacts& service) {
    return rows && std::any_of(rows->begin(), rows->end(),
                               [&](const UdpEndpoint& row) { return row.process_id != service.process_id; });
}

} // namespace

Result<Facts> collect(const Host& host) {
    Facts facts;
    facts.service = host.service("TSGateway");
    if (!facts.service)
        return facts;
    facts.setting = host.gateway();
    facts.bindings = host.https_bindings();
    facts.udp = holders_of_udp(host, facts);
    // A service that was restarted since it was asked is not a thief.
    if (facts.udp && has_foreign(*facts.udp, *facts.service))
        facts.service = host.service("TSGateway");
    if (!facts.service)
        return facts;
    const bool speaks_tls = !facts.setting || (facts.setting->configured && facts.setting->ssl_bridging == 0);
    if (facts.service->state != ServiceState::running || !speaks_tls)
        return facts;
    // Without a server name: the gateway's certificate hangs on address and port, and clients use a name that this host
    // does not know.
    const HttpsBinding* binding = facts.bindings ? gateway_binding(*facts.bindings) : nullptr;
    facts.tls = host.tls_handshake({{binding ? reachable(binding->address) : "127.0.0.1", gateway_port}, ""});
    return facts;
}

Probe probe(const ProbeOptions&) {
    return slow(make_probe("gateway", "Will clients trust the RD Gateway on this host?", std::chrono::seconds{900},
                           std::chrono::seconds{60}, &collect, &judge));
}

} // namespace rdpmedic::gateway
