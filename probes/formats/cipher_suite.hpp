// Which certificate and which algorithms does a TLS cipher suite need?
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rdpmedic {

enum class SuiteCertificate {
    rsa,
    ecdsa,
    any,  // TLS 1.3 leaves the certificate to another extension
    other // DSS, a shared key, or nothing that is understood
};

// A suite by the name that Windows gives it. Algorithms have the names of the registry keys that switch them off, and
// are empty where none does: https://learn.microsoft.com/windows-server/security/tls/tls-registry-settings
struct CipherSuite {
    std::string name;
    SuiteCertificate certificate = SuiteCertificate::other;
    bool tls13 = false;
    bool current = false;        // clients of today offer it: no RC4, DES, NULL or export cipher
    std::string key_exchange;    // "ECDH", "Diffie-Hellman", "PKCS"
    std::string cipher;          // "AES 128/128", "AES 256/256", "Triple DES 168"
    std::string hash;            // "MD5", "SHA", "SHA256", "SHA384"
};

// Names of https://learn.microsoft.com/windows/win32/secauthn/cipher-suites-in-schannel, also with the curve that
// Windows before 10 writes behind it ("..._P256"). A name that is not understood is certificate `other`. Pure.
CipherSuite parse_cipher_suite(std::string_view name);

// The suites of a comma list, without blanks around them; empty entries are left out. Pure.
std::vector<std::string> split_cipher_suites(std::string_view list);

} // namespace rdpmedic
