// What does a host look like whose Remote Desktop is healthy from the certificate to the handshake?
#pragma once

#include "tests/support/certificate_host.hpp"
#include "tests/support/fake_control.hpp"

namespace rdpmedic::testing {

// Its listener serves the certificate that is in use: serve_what_is_in_use says so again after a change.
struct ServingHost : CertificateHost {
    ServingHost() {
        for (const char* name : {"TermService", "UmRdpService"}) {
            ServiceFacts& service = services[lower(name)];
            service.name = name;
            service.state = ServiceState::running;
            service.start = StartType::manual;
            service.accepted = 1;
            service.process_id = 1000;
            service.services_in_process = 1;
        }
        services["termservice"].account = "NT AUTHORITY\\NetworkService";
        set_dword(keys::terminal_server, "fDenyTSConnections", 0);
        Session services_session;
        services_session.station = "Services";
        services_session.state = SessionState::disconnected;
        session_list = std::vector<Session>{services_session};
        serve(own().der);
    }

    void serve(const Bytes& der) {
        HandshakeFacts facts;
        facts.stage = HandshakeStage::complete;
        facts.certificate = der;
        handshake = facts;
    }
    void hang_up() {
        HandshakeFacts facts;
        facts.stage = HandshakeStage::tls_closed;
        handshake = facts;
    }
};

// As TermService does: what it is set to use, as long as the key can be found; nothing where there is none.
inline void serve_what_is_in_use(FakeHost& host) {
    const auto facts = cert::collect(host);
    const cert::CertificateFacts* used = facts ? facts->in_use() : nullptr;
    HandshakeFacts handshake;
    handshake.stage = HandshakeStage::tls_closed;
    for (const auto& [name, store] : host.stores)
        for (const StoreCertificate& certificate : store)
            if (used != nullptr && certificate.key && sha1_thumbprint(certificate.der) == used->thumbprint) {
                handshake.stage = HandshakeStage::complete;
                handshake.certificate = certificate.der;
            }
    host.handshake = handshake;
}

} // namespace rdpmedic::testing
