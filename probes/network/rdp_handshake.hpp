// Would an RDP client get through? X.224 negotiation, then TLS, then the certificate that is really served.
#pragma once

#include "probes/facts.hpp"

namespace rdpmedic {

struct Resolved;

struct HandshakeOptions {
    std::chrono::milliseconds connect_timeout{5000}, negotiate_timeout{5000}, tls_timeout{10000};
    std::chrono::milliseconds close_timeout{500}; // for the peer's answer to close_notify
    std::uint32_t protocols = 0x0B;               // SSL, HYBRID, HYBRID_EX: what mstsc asks for
    std::chrono::milliseconds resolve_timeout{5000};
    // Null: resolve() of resolve.hpp.
    Resolved (*lookup)(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout) = nullptr;
};

// Portable (Asio and OpenSSL). Never logs on, always closes cleanly. Blocks for at most the sum of the time-outs.
// A peer that refuses, resets, hangs or speaks another protocol is a fact; an error means that nothing could be tried.
Result<HandshakeFacts> rdp_handshake(const Endpoint& target, const HandshakeOptions& options = {});

} // namespace rdpmedic
