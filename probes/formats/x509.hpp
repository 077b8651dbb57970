// What does a certificate say about itself?
#pragma once

#include "probes/facts.hpp"

#include <span>

namespace rdpmedic {

struct X509Facts {
    std::string thumbprint;      // SHA-1 of the DER, lower-case hex: the name Windows gives a certificate
    std::string subject, issuer; // RFC 2253, UTF-8: "CN=host01,O=Example"
    std::string common_name;     // of the subject; empty where it has none
    std::vector<std::string> dns_names;
    Time not_before{}, not_after{};
    std::string key_algorithm;       // "RSA", "EC", "ED25519"; the OID where OpenSSL has no name for it
    int key_bits = 0;                // 0 where the key could not be decoded
    std::string signature_algorithm; // "sha256WithRSAEncryption", or the OID
    std::string signature_digest;    // "SHA256", "SHA1", "MD5"; empty where the algorithm has none or is not known
    bool has_eku = false;            // an extended key usage extension exists
    std::vector<std::string> eku;    // its OIDs
    bool self_signed = false;        // by its names and key identifiers; the signature is not verified
};

// SHA-1 of any bytes as lower-case hex, also of those that are no certificate.
std::string sha1_thumbprint(std::span<const std::uint8_t> der);

// Exactly one certificate, nothing behind it; anything else is malformed. Pure.
Result<X509Facts> parse_certificate(std::span<const std::uint8_t> der);

} // namespace rdpmedic
