// How far does an RDP client get?
#pragma once

#include "probes/facts/basic.hpp"

namespace rdpmedic {

struct Endpoint {
    std::string host; // name or address
    std::uint16_t port = 3389;
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// How far an X.224 negotiation and TLS handshake came. See probes/network/rdp_handshake.hpp.
enum class HandshakeStage {
    resolve_failed, // the name has no address
    refused,        // TCP reset on connect: nothing listens
    unreachable,    // no route, or no answer to the SYN in time
    closed_before_reply,
    reset_before_reply,
    silent,  // TCP is up, no byte came
    not_rdp, // bytes came that are not a TPKT: another protocol owns the port
    malformed_reply,
    x224_refused,        // an X.224 disconnect request or error where a confirm should be
    negotiation_failure, // RDP_NEG_FAILURE, see failure_code
    legacy_only,         // confirmed without negotiation data, or standard RDP security chosen: no TLS
    tls_closed,
    tls_reset,
    tls_alert,
    tls_silent,
    tls_failed, // the channel broke in TLS
    complete,   // TLS is up and the certificate is here
};

struct HandshakeFacts {
    Endpoint target;
    std::string address; // that was connected to
    HandshakeStage stage = HandshakeStage::unreachable;
    std::uint32_t failure_code = 0;        // of RDP_NEG_FAILURE
    std::optional<std::uint32_t> selected; // protocol of RDP_NEG_RSP: 0 RDP, 1 SSL, 2 HYBRID, 8 HYBRID_EX
    std::uint8_t response_flags = 0;
    std::optional<std::uint8_t> alert; // TLS alert description that the peer sent
    std::string tls_version, cipher;
    Bytes certificate;       // DER of the leaf that was served
    std::string first_bytes; // hex, at most 32 bytes, of an answer that is not RDP
    std::string detail;      // the words of the library, for people
    std::chrono::milliseconds connect_time{0}, negotiate_time{0}, tls_time{0};
    std::string local_address; // "127.0.0.1:51000": to recognise the probe in the host's events
    std::optional<std::chrono::milliseconds> resolve_time; // part of connect_time; empty where the target is an address
};

struct TlsTarget {
    Endpoint endpoint;
    std::string server_name; // SNI
};

// A TLS handshake without RDP before it, as with an RD Gateway. Never an error of the peer: `problem` has its words.
struct TlsFacts {
    TlsTarget target;
    std::string address;      // that was connected to
    std::vector<Bytes> chain; // DER as served, leaf first; empty when the handshake failed
    std::string tls_version, cipher;
    std::optional<std::uint8_t> alert; // that the peer sent
    std::string problem;               // of the library or the socket, empty after a complete handshake
};

} // namespace rdpmedic
