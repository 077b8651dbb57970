// What does the RD Gateway of this host present to clients?
#include "probes/gateway.hpp"

#include "probes/gateway_binding.hpp"

namespace rdpmedic::gateway {

Result<Facts> collect(const Host& host) {
    Facts facts;
    facts.service = host.service("TSGateway");
    if (!facts.service)
        return facts;
    facts.setting = host.gateway();
    facts.bindings = host.https_bindings();
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
