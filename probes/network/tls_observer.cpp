// What does a TLS peer show of itself, whoever it is?
#include "probes/network/tls_observer.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>

namespace rdpmedic {
namespace {

// Asio keeps its own pointer in slot 0 of a connection.
int observation_slot() {
    static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return slot;
}

TlsObservation* observation_of(const SSL* connection) {
    return static_cast<TlsObservation*>(SSL_get_ex_data(connection, observation_slot()));
}

void note_alert(const SSL* connection, int where, int alert) {
    constexpr int fatal = 2;
    TlsObservation* seen = observation_of(connection);
    if (seen != nullptr && where == SSL_CB_READ_ALERT && alert >> 8 == fatal)
        seen->fatal_alert = static_cast<std::uint8_t>(alert & 0xFF);
}

// Answers the demand with no certificate, as OpenSSL does without this.
int note_demand(SSL* connection, X509**, EVP_PKEY**) {
    if (TlsObservation* seen = observation_of(connection))
        seen->certificate_demanded = true;
    return 0;
}

Bytes der_of(const X509* certificate) {
    unsigned char* data = nullptr;
    const int size = i2d_X509(certificate, &data);
    if (size <= 0)
        return {};
    Bytes der(data, data + size);
    OPENSSL_free(data);
    return der;
}

// Called when the peer's chain has arrived, long before the handshake is complete: the certificate of a host that
// cannot use its key is seen too. Accepts everything.
int note_certificate(X509_STORE_CTX* chain, void*) {
    const auto* connection =
        static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    TlsObservation* seen = connection == nullptr ? nullptr : observation_of(connection);
    if (const X509* leaf = X509_STORE_CTX_get0_cert(chain); seen != nullptr && leaf != nullptr)
        seen->leaf = der_of(leaf);
    if (STACK_OF(X509)* served = X509_STORE_CTX_get0_untrusted(chain); seen != nullptr && served != nullptr) {
        constexpr int most = 20;
        seen->chain.clear();
        for (int at = 0; at < std::min(sk_X509_num(served), most); ++at)
            seen->chain.push_back(der_of(sk_X509_value(served, at)));
    }
    X509_STORE_CTX_set_error(chain, X509_V_OK);
    return 1;
}

} // namespace

boost::asio::ssl::context permissive_client() {
    boost::asio::ssl::context context(boost::asio::ssl::context::tls_client);
    SSL_CTX* raw = context.native_handle();
    SSL_CTX_set_min_proto_version(raw, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(raw, TLS1_3_VERSION);
    SSL_CTX_set_security_level(raw, 0);
    SSL_CTX_set_cipher_list(raw, "ALL:!aNULL:!eNULL:@SECLEVEL=0");
    SSL_CTX_set_options(raw, SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_verify(raw, SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_cert_verify_callback(raw, note_certificate, nullptr);
    SSL_CTX_set_client_cert_cb(raw, note_demand);
    return context;
}

void observe(SSL* connection, TlsObservation& seen) {
    SSL_set_ex_data(connection, observation_slot(), &seen);
    SSL_set_info_callback(connection, note_alert);
}

} // namespace rdpmedic
