// Which certificates do tests need? Made when asked for, so that none lies in the repository and expires there.
#pragma once

#include "probes/facts.hpp"

#include <string>
#include <vector>

namespace rdpmedic::testing {

struct CertificateOrder {
    std::string common_name = "host01";
    Time not_before{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
    Time not_after{std::chrono::sys_days{std::chrono::year{2026} / 7 / 1}};
    std::vector<std::string> dns_names{};
    std::vector<std::string> usages{"1.3.6.1.5.5.7.3.1"}; // OIDs of the extended key usage; empty: no such extension
    std::string key = "RSA-2048";                         // "RSA-<bits>" or "EC-P-256"
    std::string digest = "SHA256";
    std::string issuer{};      // empty: self-signed; otherwise the common name of an issuer, signed with the same key
    std::string crl{}, ocsp{}; // URLs of the CRL distribution point and the OCSP responder; empty: no such extension
    std::string issuer_url{};  // where its issuer can be fetched, in the same extension as the OCSP responder
};

struct MadeCertificate {
    Bytes der;
    std::string thumbprint;   // SHA-1 of the DER, lower-case hex
    std::string pem, key_pem; // certificate and private key, PKCS#8 unencrypted
};

// Throws std::runtime_error with OpenSSL's reason. Keys of the same kind are made once for each process, because an
// RSA key takes a tenth of a second.
MadeCertificate make_certificate(const CertificateOrder& order = {});

} // namespace rdpmedic::testing
