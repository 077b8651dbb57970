// Is each way in which clients refuse the certificate of an RD Gateway told?
#include "probes/gateway_binding.hpp"
#include "tests/probes/gateway_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::gateway;
using namespace rdpmedic::testing::gateways;
using testing::CertificateOrder;
using testing::FakeHost;
using testing::make_certificate;

TEST_CASE("the certificate that the gateway is set to is to be the one of port 443") {
    FakeHost host = healthy();
    SECTION("none is set") {
        host.give("gateway", setting({}));
        CHECK(lines(host) == Lines{"gateway.no_certificate critical"});
    }
    SECTION("another one is bound") {
        host.give("https_bindings", std::vector<HttpsBinding>{{"0.0.0.0", 443, Bytes(20, 7), "MY"}});
        CHECK(lines(host) == Lines{"gateway.certificate_mismatch warning"});
        CHECK(findings(host)[0].evidence.at(1) == "http.sys 0.0.0.0:443 = " + to_hex(Bytes(20, 7)));
    }
    SECTION("none is bound to the port") {
        host.give("https_bindings", std::vector<HttpsBinding>{{"0.0.0.0", 8443, Bytes(20, 7), "MY"}});
        CHECK(lines(host) == Lines{"gateway.no_binding critical"});
    }
}

TEST_CASE("what clients mind about a certificate is reported") {
    CertificateOrder order = bought();
    Lines expected;
    SECTION("expired") {
        order.not_after = order.not_before + std::chrono::hours{24};
        expected = {"gateway.certificate_expired critical"};
    }
    SECTION("not yet valid") {
        order.not_before = FakeHost{}.time + std::chrono::seconds{1};
        expected = {"gateway.certificate_not_yet_valid critical"};
    }
    SECTION("its last month") {
        order.not_after = FakeHost{}.time + std::chrono::days{29};
        expected = {"gateway.certificate_expires_soon warning"};
    }
    SECTION("its last week") {
        order.not_after = FakeHost{}.time + std::chrono::days{6};
        expected = {"gateway.certificate_expires_soon critical"};
    }
    SECTION("self-signed") {
        order.issuer.clear();
        expected = {"gateway.self_signed warning"};
    }
    SECTION("no name to compare") {
        order.dns_names.clear();
        expected = {"gateway.no_dns_name warning"};
    }
    SECTION("made for clients") {
        order.usages = {"1.3.6.1.5.5.7.3.2"};
        expected = {"gateway.wrong_usage critical"};
    }
    SECTION("made for anything") { order.usages = {"2.5.29.37.0"}; }
    SECTION("made for nothing in particular") { order.usages.clear(); }
    SECTION("a short key") {
        order.key = "RSA-1024";
        expected = {"gateway.weak_key warning"};
    }
    SECTION("an elliptic curve, whose bits are other bits") { order.key = "EC-P-256"; }
    SECTION("an old hash") {
        order.digest = "SHA1";
        expected = {"gateway.weak_signature warning"};
    }
    CHECK(lines(healthy(order)) == expected);
}

TEST_CASE("an intermediate certificate that has expired is reported, an old root is not") {
    CertificateOrder intermediate;
    intermediate.common_name = "Example CA";
    intermediate.not_after = intermediate.not_before + std::chrono::hours{24};
    FakeHost host = healthy();
    const Bytes leaf = make_certificate(bought()).der;
    SECTION("intermediate") {
        intermediate.issuer = "Example Root";
        serve(host, {leaf, make_certificate(intermediate).der});
        CHECK(lines(host) == Lines{"gateway.intermediate_expired warning"});
    }
    SECTION("root") {
        serve(host, {leaf, make_certificate(intermediate).der});
        CHECK(lines(host).empty());
    }
    SECTION("something that is no certificate") {
        serve(host, {leaf, issuer_of(bought()), {1, 2, 3}});
        CHECK(lines(host).empty());
    }
}

TEST_CASE("a certificate that is served without its issuer is reported, a root that is left out is not") {
    FakeHost host = healthy(); // serves the issuer and leaves out the root
    const Bytes leaf = make_certificate(bought()).der;
    CertificateOrder other = bought();
    other.issuer = "Other CA";
    Lines expected{"gateway.chain_incomplete info"};
    SECTION("complete") { expected.clear(); }
    SECTION("alone") { serve(host, {leaf}); }
    SECTION("beside something that is no certificate") { serve(host, {leaf, {1, 2, 3}}); }
    SECTION("beside the issuer of another") {
        serve(host, {leaf, issuer_of(other)});
        const auto finding = findings(host).at(0);
        CHECK(finding.text.find("without that of CN=Example CA, which issued it") != std::string::npos);
        REQUIRE(finding.evidence.size() == 2);
        CHECK(finding.evidence[1].find("subject CN=Other CA,") != std::string::npos);
    }
    SECTION("in another order") {
        serve(host, {leaf, issuer_of(other), issuer_of(bought())});
        expected.clear();
    }
    CHECK(lines(host) == expected);
}

TEST_CASE("a certificate that does not say where to ask whether it was revoked is reported") {
    CertificateOrder order = bought();
    order.crl.clear();
    Lines expected{"gateway.no_revocation info"};
    SECTION("neither") {}
    SECTION("only where its issuer is") { order.issuer_url = "http://ca.example.com/ca.cer"; }
    SECTION("a CRL") {
        order.crl = "http://crl.example.com/ca.crl";
        expected.clear();
    }
    SECTION("an OCSP responder") {
        order.ocsp = "http://ocsp.example.com";
        expected.clear();
    }
    SECTION("an OCSP responder beside its issuer") {
        order.ocsp = "http://ocsp.example.com";
        order.issuer_url = "http://ca.example.com/ca.cer";
        expected.clear();
    }
    CHECK(lines(healthy(order)) == expected);
}

TEST_CASE("the gateway's binding is that of every address, or else of one") {
    const HttpsBinding other{"0.0.0.0", 8443, {}, ""}, one{"192.0.2.5", 443, {}, ""}, every{"0.0.0.0", 443, {}, ""};
    const auto address = [](const std::vector<HttpsBinding>& bindings) {
        const HttpsBinding* found = gateway_binding(bindings);
        return found ? found->address : "none";
    };
    CHECK(address({}) == "none");
    CHECK(address({other}) == "none");
    CHECK(address({other, one}) == "192.0.2.5");
    CHECK(address({other, one, every}) == "0.0.0.0");
    CHECK(reachable("0.0.0.0") == "127.0.0.1");
    CHECK(reachable("::") == "::1");
    CHECK(reachable("192.0.2.5") == "192.0.2.5");
}
