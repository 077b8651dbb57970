// What does a host look like whose Remote Desktop is healthy from the certificate to the handshake?
#include "tests/support/serving_host.hpp"

#include "probes/cert.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::testing {

ServingHost::ServingHost() {
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

ServingHost::~ServingHost() = default;

void ServingHost::serve(const Bytes& der) {
    HandshakeFacts facts;
    facts.stage = HandshakeStage::complete;
    facts.certificate = der;
    handshake = facts;
}

void ServingHost::hang_up() {
    HandshakeFacts facts;
    facts.stage = HandshakeStage::tls_closed;
    handshake = facts;
}

void serve_what_is_in_use(FakeHost& host) {
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
