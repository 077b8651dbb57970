// Does a certificate lead to its issuer and its revocation, and can a broken one hurt?
#include "probes/formats/x509_chain.hpp"
#include "tests/support/make_certificate.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

Bytes named(const std::string& common_name, const std::string& issuer, const std::string& key = "RSA-2048") {
    CertificateOrder order;
    order.common_name = common_name;
    order.issuer = issuer;
    order.key = key;
    return make_certificate(order).der;
}

} // namespace

TEST_CASE("an issuer is found by its name and the kind of its key, wherever it stands") {
    const Bytes leaf = named("host01", "CA"), good = named("CA", "Root"), other = named("Root", "");
    const Bytes other_key = named("CA", "Root", "EC-P-256");
    const auto found = [&](const std::vector<Bytes>& others) { return has_issuer_among(leaf, others).value(); };
    CHECK(found({good}));
    CHECK(found({other, {1, 2, 3}, {}, good}));
    CHECK_FALSE(found({}));
    CHECK_FALSE(found({other, leaf}));
    CHECK_FALSE(found({other_key}));
}

TEST_CASE("what is no certificate, or more than one, is malformed") {
    Bytes longer = named("host01", "CA"), shorter = longer;
    longer.push_back(0);
    shorter.pop_back();
    for (const Bytes& bytes : {Bytes{}, Bytes{1, 2, 3}, longer, shorter}) {
        CHECK(has_issuer_among(bytes, {}).error().code == Errc::malformed);
        CHECK(names_revocation(bytes).error().code == Errc::malformed);
    }
}

TEST_CASE("an extension that cannot be read is malformed, which is not one that is missing") {
    CertificateOrder order;
    order.issuer = "CA";
    CHECK_FALSE(names_revocation(make_certificate(order).der).value());
    order.crl = "http://crl.example.com/ca.crl";
    Bytes der = make_certificate(order).der;
    CHECK(names_revocation(der).value());
    const Bytes id{0x55, 0x1d, 0x1f, 0x04}; // 2.5.29.31, then an OCTET STRING of one length byte, then a SEQUENCE
    const auto at = std::search(der.begin(), der.end(), id.begin(), id.end());
    REQUIRE(der.end() - at > 6);
    at[5] = 0x02;
    CHECK(names_revocation(der).error().code == Errc::malformed);
}
