// Is the name of a cipher suite taken apart as Windows means it?
#include "probes/formats/cipher_suite.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

TEST_CASE("a cipher suite tells its certificate and its algorithms") {
    struct Row {
        const char* name;
        SuiteCertificate certificate;
        bool current, tls13;
        const char *key_exchange, *cipher, *hash;
    };
    using C = SuiteCertificate;
    const Row row = GENERATE(values<Row>({
        {"TLS_AES_256_GCM_SHA384", C::any, true, true, "", "AES 256/256", "SHA384"},
        {"TLS_CHACHA20_POLY1305_SHA256", C::any, true, true, "", "", "SHA256"},
        {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", C::rsa, true, false, "ECDH", "AES 256/256", "SHA384"},
        {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA_P256", C::rsa, true, false, "ECDH", "AES 128/128", "SHA"},
        {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256_P521", C::ecdsa, true, false, "ECDH", "AES 128/128", "SHA256"},
        {"TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", C::rsa, true, false, "Diffie-Hellman", "AES 256/256", "SHA384"},
        {"TLS_RSA_WITH_AES_128_CBC_SHA", C::rsa, true, false, "PKCS", "AES 128/128", "SHA"},
        {"TLS_RSA_WITH_3DES_EDE_CBC_SHA", C::rsa, true, false, "PKCS", "Triple DES 168", "SHA"},
        {"TLS_RSA_WITH_RC4_128_MD5", C::rsa, false, false, "PKCS", "", "MD5"},
        {"TLS_RSA_WITH_NULL_SHA256", C::rsa, false, false, "PKCS", "", "SHA256"},
        {"TLS_RSA_EXPORT1024_WITH_RC4_56_SHA", C::other, false, false, "", "", "SHA"},
        {"TLS_DHE_DSS_WITH_AES_128_CBC_SHA256", C::other, true, false, "", "AES 128/128", "SHA256"},
        {"TLS_PSK_WITH_AES_128_GCM_SHA256", C::other, true, false, "", "AES 128/128", "SHA256"},
        {"SSL_CK_RC4_128_WITH_MD5", C::other, false, false, "", "", ""},
        {"", C::other, false, false, "", "", ""},
        {"TLS_", C::other, false, false, "", "", ""},
        {"_P256", C::other, false, false, "", "", ""},
        {"TLS__WITH_", C::other, false, false, "", "", ""},
    }));
    INFO(row.name);
    const CipherSuite suite = parse_cipher_suite(row.name);
    CHECK(suite.name == row.name);
    CHECK(suite.certificate == row.certificate);
    CHECK(suite.current == row.current);
    CHECK(suite.tls13 == row.tls13);
    CHECK(suite.key_exchange == row.key_exchange);
    CHECK(suite.cipher == row.cipher);
    CHECK(suite.hash == row.hash);
}

TEST_CASE("a name cut off at every byte is no suite that clients would offer by mistake") {
    const std::string whole = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const CipherSuite suite = parse_cipher_suite(whole.substr(0, size));
        // "..._SHA" is a hash of its own.
        CHECK((!suite.current || suite.hash == "SHA"));
    }
}

TEST_CASE("a comma list gives its suites without blanks and empty entries") {
    CHECK(split_cipher_suites("a,b") == std::vector<std::string>{"a", "b"});
    CHECK(split_cipher_suites(" a ,, b\r\n,") == std::vector<std::string>{"a", "b"});
    CHECK(split_cipher_suites("a b") == std::vector<std::string>{"a b"});
    CHECK(split_cipher_suites("") == std::vector<std::string>{});
    CHECK(split_cipher_suites(" , ") == std::vector<std::string>{});
}
