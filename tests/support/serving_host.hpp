// What does a host look like whose Remote Desktop is healthy from the certificate to the handshake?
#pragma once

#include "tests/support/certificate_host.hpp"

namespace rdpmedic::testing {

// Its listener serves the certificate that is in use: serve_what_is_in_use says so again after a change.
struct ServingHost : CertificateHost {
    ServingHost();
    ~ServingHost() override;

    void serve(const Bytes& der);
    void hang_up();
};

// As TermService does: what it is set to use, as long as the key can be found; nothing where there is none.
void serve_what_is_in_use(FakeHost& host);

} // namespace rdpmedic::testing
