// Test fixture: what does a self-signed certificate like the one of Remote Desktop look like?
#include "tests/standins/self_signed.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace rdpmedic::standin {
namespace {

template <class T>
T checked(T result, const char* call) {
    if (!result)
        throw std::runtime_error(std::string(call) + ": " + ERR_reason_error_string(ERR_peek_last_error()));
    return result;
}

void add_extension(X509* certificate, int id, const char* value) {
    X509_EXTENSION* extension = checked(X509V3_EXT_conf_nid(nullptr, nullptr, id, value), "X509V3_EXT_conf_nid");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

std::string contents(BIO* bio) {
    char* data = nullptr;
    long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

} // namespace

Key make_rsa_key() { return Key(checked(EVP_RSA_gen(2048), "EVP_RSA_gen")); }

Certificate make_certificate(EVP_PKEY* key, const std::string& name, Time from, Time until) {
    Certificate certificate(checked(X509_new(), "X509_new"));
    X509_set_version(certificate.get(), X509_VERSION_3);
    std::uint64_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
    ASN1_TIME_set(X509_getm_notBefore(certificate.get()), static_cast<time_t>(from.time_since_epoch().count()));
    ASN1_TIME_set(X509_getm_notAfter(certificate.get()), static_cast<time_t>(until.time_since_epoch().count()));
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_set_pubkey(certificate.get(), key);
    add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
    add_extension(certificate.get(), NID_key_usage, "keyEncipherment,dataEncipherment");
    checked(X509_sign(certificate.get(), key, EVP_sha256()), "X509_sign");
    return certificate;
}

Bytes to_der(X509* certificate) {
    Bytes der(static_cast<std::size_t>(checked(i2d_X509(certificate, nullptr), "i2d_X509")));
    unsigned char* out = der.data();
    i2d_X509(certificate, &out);
    return der;
}

std::string to_pem(EVP_PKEY* key) {
    Bio bio(BIO_new(BIO_s_mem()));
    checked(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr), "PEM_write_bio");
    return contents(bio.get());
}

Key key_from_pem(const std::string& pem) {
    Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Key(checked(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), "PEM_read_bio_PrivateKey"));
}

Bytes to_private_key_blob(EVP_PKEY* key) {
    Bio bio(BIO_new(BIO_s_mem()));
    if (i2b_PrivateKey_bio(bio.get(), key) <= 0)
        throw std::runtime_error("i2b_PrivateKey_bio failed");
    std::string blob = contents(bio.get());
    return {blob.begin(), blob.end()};
}

} // namespace rdpmedic::standin
