// Will clients trust the RD Gateway on this host?
#pragma once

#include "probes/probe.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::gateway {

struct Facts {
    Result<ServiceFacts> service = Error{Errc::unsupported, 0, "not read"}; // TSGateway; not_found: no such role
    // The rest is read only where the service is there; TLS only where the gateway is to speak it itself.
    Result<GatewayFacts> setting = Error{Errc::unsupported, 0, "not read"};
    Result<std::vector<HttpsBinding>> bindings = Error{Errc::unsupported, 0, "not read"};
    std::optional<Result<TlsFacts>> tls;
    // Who holds the port of the UDP transport; read only where it is enabled and the service runs.
    std::optional<Result<std::vector<UdpEndpoint>>> udp;
};

// Without the service one question is asked and nothing else. Otherwise connects to port 443 of this host and blocks as
// Host does. Never an error itself.
Result<Facts> collect(const Host& host);

// The findings of probes/README.md, section gateway. Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::gateway
