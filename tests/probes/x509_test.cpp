// Does a certificate say the same to us as to Windows, and can a broken one hurt?
#include "probes/hex.hpp"
#include "probes/formats/x509.hpp"
#include "tests/support/make_certificate.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using std::chrono::sys_days;
using std::chrono::year;

TEST_CASE("a certificate tells its names, dates, key, signature and usages") {
    using namespace std::chrono_literals;
    CertificateOrder order;
    order.common_name = "host01";
    order.dns_names = {"host01", "host01.example.local"};
    order.usages = {"1.3.6.1.5.5.7.3.1", "1.3.6.1.4.1.311.54.1.2"};
    order.not_before = sys_days{year{2026} / 2 / 3} + 4h + 5min + 6s;
    const MadeCertificate made = make_certificate(order);
    const Result<X509Facts> facts = parse_certificate(made.der);
    REQUIRE(facts.has_value());
    CHECK(facts->thumbprint == made.thumbprint);
    CHECK(facts->thumbprint.size() == 40);
    CHECK(facts->subject == "CN=host01");
    CHECK(facts->issuer == "CN=host01");
    CHECK(facts->common_name == "host01");
    CHECK(facts->dns_names == std::vector<std::string>{"host01", "host01.example.local"});
    CHECK(facts->not_before == order.not_before);
    CHECK(facts->not_after == order.not_after);
    CHECK(facts->key_algorithm == "RSA");
    CHECK(facts->key_bits == 2048);
    CHECK(facts->signature_algorithm == "sha256WithRSAEncryption");
    CHECK(facts->signature_digest == "SHA256");
    CHECK(facts->has_eku);
    CHECK(facts->eku == order.usages);
    CHECK(facts->self_signed);
}

TEST_CASE("a thumbprint is the SHA-1 of the bytes") {
    const Bytes abc{'a', 'b', 'c'};
    CHECK(sha1_thumbprint(abc) == "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST_CASE("a certificate without the extension has no extended key usage, which is not an empty one") {
    CertificateOrder order;
    order.usages = {};
    const Result<X509Facts> facts = parse_certificate(make_certificate(order).der);
    REQUIRE(facts.has_value());
    CHECK_FALSE(facts->has_eku);
    CHECK(facts->eku.empty());
}

TEST_CASE("a certificate with another issuer is not self-signed") {
    CertificateOrder order;
    order.issuer = "Example CA";
    const Result<X509Facts> facts = parse_certificate(make_certificate(order).der);
    REQUIRE(facts.has_value());
    CHECK_FALSE(facts->self_signed);
    CHECK(facts->issuer == "CN=Example CA");
}

TEST_CASE("dates keep their second from 1950 to the end of 9999") {
    using namespace std::chrono_literals;
    CertificateOrder order;
    order.not_before = sys_days{year{1950} / 1 / 1};
    order.not_after = sys_days{year{9999} / 12 / 31} + 23h + 59min + 59s;
    const Result<X509Facts> facts = parse_certificate(make_certificate(order).der);
    REQUIRE(facts.has_value());
    CHECK(facts->not_before == order.not_before);
    CHECK(facts->not_after == order.not_after);
}

TEST_CASE("key and signature are named as they are") {
    struct Row {
        std::string key, digest, algorithm;
        int bits;
        std::string signature;
    };
    const auto row = GENERATE(values<Row>({
        {"RSA-1024", "SHA1", "RSA", 1024, "sha1WithRSAEncryption"},
        {"RSA-1024", "MD5", "RSA", 1024, "md5WithRSAEncryption"},
        {"EC-P-256", "SHA384", "EC", 256, "ecdsa-with-SHA384"},
    }));
    CertificateOrder order;
    order.key = row.key;
    order.digest = row.digest;
    const Result<X509Facts> facts = parse_certificate(make_certificate(order).der);
    REQUIRE(facts.has_value());
    CHECK(facts->key_algorithm == row.algorithm);
    CHECK(facts->key_bits == row.bits);
    CHECK(facts->signature_algorithm == row.signature);
    CHECK(facts->signature_digest == row.digest);
}

TEST_CASE("names outside ASCII arrive as UTF-8") {
    CertificateOrder order;
    order.common_name = "h\xC3\xB6st";
    const Result<X509Facts> facts = parse_certificate(make_certificate(order).der);
    REQUIRE(facts.has_value());
    CHECK(facts->common_name == order.common_name);
    CHECK(facts->subject == "CN=" + order.common_name);
}

TEST_CASE("a certificate cut off at any byte, or with one byte more, is malformed") {
    const Bytes der = make_certificate().der;
    for (std::size_t size = 0; size < der.size(); ++size) {
        const Result<X509Facts> facts = parse_certificate({der.data(), size});
        REQUIRE(facts.has_error());
        REQUIRE(facts.error().code == Errc::malformed);
    }
    Bytes longer = der;
    longer.push_back(0);
    REQUIRE(parse_certificate(longer).has_error());
    CHECK(parse_certificate(longer).error().where.find("1 bytes behind its end") != std::string::npos);
}

TEST_CASE("a certificate with any byte changed is read or refused, never a crash") {
    const Bytes der = make_certificate().der;
    std::size_t refused = 0;
    for (std::size_t place = 0; place < der.size(); ++place)
        for (const int flip : {0x01, 0x80, 0xFF}) {
            Bytes changed = der;
            changed[place] = static_cast<std::uint8_t>(changed[place] ^ flip);
            refused += parse_certificate(changed).has_error() ? 1U : 0U;
        }
    CHECK(refused > 0);
}

TEST_CASE("a thumbprint pasted from a dialog loses what is not hex") {
    const std::string wanted = "a9993e364706816aba3e25717850c26c9cd0d89d";
    CHECK(clean_thumbprint(wanted) == wanted);
    CHECK(clean_thumbprint("\xE2\x80\x8E"
                           "a9 99 3e 36 47 06 81 6a ba 3e 25 71 78 50 c2 6c 9c d0 d8 9d") == wanted);
    CHECK(clean_thumbprint("A9993E364706816ABA3E25717850C26C9CD0D89D") == wanted);
    CHECK(clean_thumbprint("a9993e36") == "");
    CHECK(clean_thumbprint("") == "");
}
