// What do the certificate stores of the machine hold?
#pragma once

#include "probes/facts/basic.hpp"

namespace rdpmedic {

// CERT_KEY_PROV_INFO: where the private key of a certificate lives.
struct KeyLocation {
    std::string container;
    std::string provider;
    std::uint32_t provider_type = 0; // 0 is a CNG provider, anything else a legacy CSP
    bool machine_keyset = false;
    std::string file; // unique name of the key file (CNG or CSP), empty where the provider does not tell
};

// One certificate of a system store of the local machine. What the DER says is read by formats/x509.
struct StoreCertificate {
    Bytes der;
    Result<KeyLocation> key = Error{Errc::not_found, 0, "no private key"}; // not_found: no link to a private key
    Result<void> key_usable = Error{Errc::unsupported, 0, "not tried"};    // could this process acquire the key?
};

} // namespace rdpmedic
