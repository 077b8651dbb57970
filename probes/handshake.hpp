// Does the listener answer as an RDP client would see it?
#pragma once

#include "probes/cert.hpp"
#include "probes/listener_stack.hpp"
#include "probes/termservice.hpp"

namespace rdpmedic::handshake {

// The certificate that the listener should serve, and which setting says so.
struct Configured {
    std::string thumbprint;
    std::string source;  // "SSLCertificateSHA1Hash", "the store Remote Desktop"
    bool chosen = false; // somebody chose it: Windows makes no other in its place
};

struct Facts {
    HandshakeFacts handshake;
    std::string port_source;                                                    // evidence: where the port comes from
    std::string address_source;                                                 // the same of the address; see Target
    Result<Setting> deny_connections = Error{Errc::unsupported, 0, "not read"}; // fDenyTSConnections
    Result<Setting> security_layer = Error{Errc::unsupported, 0, "not read"};   // SecurityLayer
    Result<Setting> user_authentication = Error{Errc::unsupported, 0, "not read"};     // UserAuthentication
    Result<std::uint32_t> listener_enabled = Error{Errc::unsupported, 0, "not read"};  // fEnableWinStation
    Result<std::uint32_t> adapter = Error{Errc::unsupported, 0, "not read"};           // LanAdapter
    Result<std::vector<TcpListener>> owners = Error{Errc::unsupported, 0, "not read"}; // of the port
    // Read only where nobody listens or nobody says a word: what a restart of TermService, or its start, would find.
    termservice::Facts services{};
    // Both read only where nobody listens and TermService runs. The second: where it listens instead
    // (listener::still_elsewhere); empty where that is not known.
    listener::Stack stack{};
    std::vector<TcpListener> elsewhere;
    // EditionID; read only where nobody listens.
    Result<std::string> edition = Error{Errc::unsupported, 0, "not read"};
    // Both read only where the listener speaks RDP. not_found: there is none yet.
    Result<Configured> configured = Error{Errc::unsupported, 0, "not read"};
    Result<cert::CertFacts> certificate = Error{Errc::unsupported, 0, "not read"};
};

// The port on which the listener should listen: PortNumber, 3389 where it is not set.
// https://learn.microsoft.com/windows-server/remote/remote-desktop-services/clients/change-listening-port
// A value that is no port or has the wrong type is malformed. Blocks as Host does.
Result<std::uint16_t> listener_port(const Host& host);

// Who listens on that port, whoever it is. Blocks as Host does.
Result<std::vector<TcpListener>> listeners_on(const Host& host, std::uint16_t port);

// Tries the listener, at the address that handshake_target takes for the configured one, and reads what the answer is
// compared with. Leaves events on the host, like any connection. An error: the port is not known, or the handshake
// could not be tried.
Result<Facts> collect(const Host& host, const std::string& configured);

// The findings of probes/README.md, section handshake. Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::handshake
