// Which members has each fact of a handshake? Those of facts/handshake.hpp.
#pragma once

#include "probes/facts/handshake.hpp"
#include "probes/recorded/fields/basic.hpp"

namespace rdpmedic::recorded {

template <class V, Is<Endpoint> T>
void fields(V& visit, T& facts) {
    auto& [host, port] = facts;
    visit("host", host), visit("port", port);
}

template <class V, Is<HandshakeFacts> T>
void fields(V& visit, T& facts) {
    auto& [target, address, stage, failure_code, selected, response_flags, alert, tls_version, cipher, certificate,
           first_bytes, detail, connect_time, negotiate_time, tls_time, local_address, resolve_time] = facts;
    visit("target", target), visit("address", address), visit("stage", stage), visit("failure_code", failure_code);
    visit("selected", selected), visit("response_flags", response_flags), visit("alert", alert);
    visit("tls_version", tls_version), visit("cipher", cipher), visit("certificate", certificate);
    visit("first_bytes", first_bytes), visit("detail", detail), visit("connect_time_ms", connect_time);
    visit("negotiate_time_ms", negotiate_time), visit("tls_time_ms", tls_time), visit("local_address", local_address);
    visit("resolve_time_ms", resolve_time);
}

template <class V, Is<TlsTarget> T>
void fields(V& visit, T& facts) {
    auto& [endpoint, server_name] = facts;
    visit("endpoint", endpoint), visit("server_name", server_name);
}

template <class V, Is<TlsFacts> T>
void fields(V& visit, T& facts) {
    auto& [target, address, chain, tls_version, cipher, alert, problem] = facts;
    visit("target", target), visit("address", address), visit("chain", chain), visit("tls_version", tls_version),
        visit("cipher", cipher), visit("alert", alert), visit("problem", problem);
}

} // namespace rdpmedic::recorded
