// What does a TLS server show that is no RDP host: an RD Gateway?
#pragma once

#include "probes/facts.hpp"

namespace rdpmedic {

struct Resolved;

struct TlsHandshakeOptions {
    std::chrono::milliseconds connect_timeout{5000}, tls_timeout{10000};
    std::chrono::milliseconds close_timeout{500}; // for the peer's answer to close_notify
    std::chrono::milliseconds resolve_timeout{5000};
    // Null: resolve() of resolve.hpp.
    Resolved (*lookup)(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout) = nullptr;
};

// Connects, completes TLS, says goodbye. Accepts any certificate and reports it. Blocks for at most the sum of the
// time-outs. What the peer does wrong is a fact; an error means that nothing could be tried: malformed for an empty
// name or port, io where the system refuses.
Result<TlsFacts> tls_handshake(const TlsTarget& target, const TlsHandshakeOptions& options = {});

} // namespace rdpmedic
