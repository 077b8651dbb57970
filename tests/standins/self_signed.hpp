// Test fixture: what does a self-signed certificate like the one of Remote Desktop look like?
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rdpmedic::standin {

using Bytes = std::vector<std::uint8_t>;
using Time = std::chrono::sys_seconds;

struct OpensslDelete {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
    void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, OpensslDelete>;
using Certificate = std::unique_ptr<X509, OpensslDelete>;
using Bio = std::unique_ptr<BIO, OpensslDelete>;

// All throw std::runtime_error with the words of OpenSSL.
Key make_rsa_key();
// CN=<name>, server authentication, SHA-256: what Windows makes for itself.
Certificate make_certificate(EVP_PKEY* key, const std::string& name, Time from, Time until);
Bytes to_der(X509* certificate);
std::string to_pem(EVP_PKEY* key);
Key key_from_pem(const std::string& pem);
// A PRIVATEKEYBLOB as CryptImportKey takes it.
Bytes to_private_key_blob(EVP_PKEY* key);

} // namespace rdpmedic::standin
