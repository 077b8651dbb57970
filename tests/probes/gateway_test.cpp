// Is each way in which clients refuse an RD Gateway told, and a healthy gateway left in peace?
#include "probes/formats/x509.hpp"
#include "probes/gateway.hpp"
#include "probes/gateway_binding.hpp"
#include "probes/hex.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/make_certificate.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::gateway;
using testing::CertificateOrder;
using testing::FakeHost;
using testing::MadeCertificate;
using testing::make_certificate;

namespace {

const Error failed{Errc::access_denied, 5, "the read"};
using Lines = std::vector<std::string>;

CertificateOrder bought() {
    CertificateOrder order;
    order.common_name = "gateway.example.com";
    order.dns_names = {"gateway.example.com"};
    order.issuer = "Example CA";
    order.crl = "http://crl.example.com/ca.crl";
    return order;
}

// The one that `bought` names; tests sign with one key of each kind, so it has that of the other.
Bytes issuer_of(const CertificateOrder& order) {
    CertificateOrder issuer;
    issuer.common_name = order.issuer;
    issuer.issuer = "Example Root";
    issuer.key = order.key;
    return make_certificate(issuer).der;
}

std::vector<Bytes> chain_of(const CertificateOrder& order) {
    const Bytes leaf = make_certificate(order).der;
    return order.issuer.empty() ? std::vector<Bytes>{leaf} : std::vector<Bytes>{leaf, issuer_of(order)};
}

constexpr const char* tls_read = "tls_handshake 127.0.0.1:443 ";

void serve(FakeHost& host, const std::vector<Bytes>& chain) {
    host.give(tls_read, TlsFacts{{{"127.0.0.1", 443}, ""}, "127.0.0.1", chain, "TLSv1.2", "", {}, ""});
}

constexpr std::uint32_t gateway_process = 2800;
constexpr std::uint16_t udp_port = 3391;

// As set up, with UDP.
GatewayFacts setting(Bytes thumbprint, std::uint32_t ssl_bridging = 0) {
    GatewayFacts facts{true, std::move(thumbprint), ssl_bridging};
    facts.udp = GatewayUdp{true, udp_port};
    return facts;
}

void hold_udp(FakeHost& host, std::vector<UdpEndpoint> rows) {
    rows.push_back({"0.0.0.0", 3389, 77, "other.exe"}); // no affair of the gateway's
    host.give("udp_endpoints", std::move(rows));
}

void set_up(FakeHost& host, const CertificateOrder& order) {
    const std::vector<Bytes> chain = chain_of(order);
    const Bytes thumbprint = from_hex(sha1_thumbprint(chain.front())).value();
    host.give("gateway", setting(thumbprint));
    hold_udp(host, {{"0.0.0.0", udp_port, gateway_process, "svchost.exe"}});
    host.give("https_bindings", std::vector<HttpsBinding>{{"0.0.0.0", 8443, Bytes(20, 1), "MY"},
                                                          {"::", 443, Bytes(20, 2), "MY"},
                                                          {"0.0.0.0", 443, thumbprint, "MY"}});
    serve(host, chain);
}

FakeHost healthy(const CertificateOrder& order = bought()) {
    FakeHost host;
    ServiceFacts service;
    service.name = "TSGateway";
    service.state = ServiceState::running;
    service.start = StartType::automatic;
    service.process_id = gateway_process;
    host.services["tsgateway"] = service;
    set_up(host, order);
    return host;
}

std::vector<Finding> findings(const FakeHost& host) {
    JudgeContext context;
    context.now = host.time;
    return judge(collect(host).value(), context);
}

Lines lines(const FakeHost& host) {
    Lines result;
    for (const Finding& finding : findings(host)) {
        CHECK(finding.repair.empty());
        if (finding.severity != Severity::unknown)
            CHECK_FALSE(finding.evidence.empty());
        result.push_back(finding.code + " " + name_of(finding.severity) +
                         (finding.severity == Severity::unknown ? " " + finding.subject : ""));
    }
    return result;
}

} // namespace

TEST_CASE("a host without the role is asked one question and has no finding") {
    FakeHost host;
    host.give("gateway", failed);
    host.give("https_bindings", failed);
    host.give("udp_endpoints", failed);
    host.give(tls_read, failed);
    CHECK(lines(host).empty());
}

TEST_CASE("a gateway that clients trust has no finding") {
    FakeHost host = healthy();
    SECTION("with a certificate of an authority") {}
    SECTION("while another machine speaks TLS with the clients, whatever this one serves") {
        host.give("gateway", setting({}, GENERATE(1U, 2U)));
        host.give("https_bindings", failed);
        host.give(tls_read, failed);
    }
    SECTION("bound to one address") {
        const MadeCertificate certificate = make_certificate(bought());
        const Bytes thumbprint = from_hex(certificate.thumbprint).value();
        host.give("https_bindings", std::vector<HttpsBinding>{{"192.0.2.5", 443, thumbprint, "MY"}});
        host.give("tls_handshake 192.0.2.5:443 ",
                  TlsFacts{{{"192.0.2.5", 443}, ""}, "192.0.2.5", chain_of(bought()), "", "", {}, ""});
        host.give(tls_read, failed);
    }
    CHECK(lines(host).empty());
}

TEST_CASE("a service that does not serve is reported, and one that is disabled is not asked further") {
    FakeHost host = healthy();
    SECTION("stopped") {
        host.services["tsgateway"].state = ServiceState::stopped;
        host.give(tls_read, failed); // not asked
        host.give("udp_endpoints", failed);
        CHECK(lines(host) == Lines{"gateway.not_running critical"});
    }
    SECTION("disabled") {
        host.services["tsgateway"].state = ServiceState::stopped;
        host.services["tsgateway"].start = StartType::disabled;
        host.give("gateway", failed);
        CHECK(lines(host) == Lines{"gateway.disabled info"});
    }
    SECTION("not configured") {
        host.give("gateway", GatewayFacts{});
        host.give(tls_read, failed); // not asked
        CHECK(lines(host) == Lines{"gateway.not_configured warning"});
    }
}

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

TEST_CASE("TLS that fails is critical, and says how it failed") {
    FakeHost host = healthy();
    host.give(tls_read,
              TlsFacts{{{"127.0.0.1", 443}, ""}, "127.0.0.1", {}, "", "", std::uint8_t{80}, "internal error"});
    CHECK(lines(host) == Lines{"gateway.tls_failed critical"});
    CHECK(findings(host)[0].evidence[0] == "TLS 127.0.0.1:443: internal error, alert 80");
}

TEST_CASE("another program on the gateway's UDP port is a warning, and nobody on it an info") {
    FakeHost host = healthy();
    const UdpEndpoint own{"0.0.0.0", udp_port, gateway_process, "svchost.exe"},
        thief{"0.0.0.0", udp_port, 77, "other.exe"}, nameless{"::", udp_port, 78, ""};
    Lines expected;
    SECTION("another program alone") {
        hold_udp(host, {thief, nameless});
        expected = {"gateway.udp_port_stolen warning"};
        REQUIRE(findings(host).size() == 1);
        CHECK(findings(host)[0].evidence ==
              Lines{"UDP port 3391 at 0.0.0.0: other.exe, process 77", "UDP port 3391 at ::: process 78"});
    }
    SECTION("another program beside the gateway") { hold_udp(host, {thief, own}); }
    SECTION("a program of this host for itself") { hold_udp(host, {{"127.0.0.1", udp_port, 77, "other.exe"}}); }
    SECTION("an owner that is not known, and the system") {
        hold_udp(host, {{"0.0.0.0", udp_port, 0, ""}, {"::", udp_port, 4, "System"}});
    }
    SECTION("nobody") {
        hold_udp(host, {});
        expected = {"gateway.udp_not_listening info"};
    }
    SECTION("nobody on the port that was chosen") {
        GatewayFacts facts = setting({}, 2);
        facts.udp = GatewayUdp{true, 3390};
        host.give("gateway", facts);
        expected = {"gateway.udp_not_listening info"};
    }
    SECTION("another program while UDP is switched off") {
        GatewayFacts facts = setting({}, 2);
        facts.udp = GatewayUdp{};
        host.give("gateway", facts);
        hold_udp(host, {thief});
    }
    SECTION("another program, under a Windows that does not know UDP") {
        GatewayFacts facts = setting({}, 2);
        facts.udp = Error{Errc::not_found, 0, "IsTransportEnabled"};
        host.give("gateway", facts);
        hold_udp(host, {thief});
    }
    CHECK(lines(host) == expected);
}

namespace {

// The service is another process from the second question on.
class Restarted : public FakeHost {
  public:
    explicit Restarted(FakeHost host) : FakeHost(std::move(host)) {}
    Result<ServiceFacts> service(std::string_view name) const override {
        auto facts = FakeHost::service(name);
        if (facts && asked_++ > 0)
            facts->process_id = gateway_process + 1;
        return facts;
    }

  private:
    mutable int asked_ = 0;
};

} // namespace

TEST_CASE("a service that was started anew while it was looked at is no thief of its own port") {
    Restarted host(healthy());
    SECTION("it holds the port") {
        hold_udp(host, {{"0.0.0.0", udp_port, gateway_process + 1, "svchost.exe"}});
        CHECK(lines(host).empty());
    }
    SECTION("another program does") {
        hold_udp(host, {{"0.0.0.0", udp_port, 77, "other.exe"}});
        CHECK(lines(host) == Lines{"gateway.udp_port_stolen warning"});
    }
}

TEST_CASE("what could not be read of a gateway is unknown") {
    FakeHost host = healthy();
    SECTION("the service") {
        host.fail("service TSGateway", failed);
        CHECK(lines(host) == Lines{"gateway.unknown unknown TSGateway"});
    }
    SECTION("its state") {
        host.services["tsgateway"].state = ServiceState::unknown;
        CHECK(lines(host) == Lines{"gateway.unknown unknown state of TSGateway"});
    }
    SECTION("its settings, while what it serves is judged all the same") {
        host.give("gateway", failed);
        CHECK(lines(host) == Lines{"gateway.unknown unknown gateway settings"});
        CertificateOrder old = bought();
        old.not_after = old.not_before + std::chrono::hours{24};
        serve(host, chain_of(old));
        CHECK(lines(host) == Lines{"gateway.unknown unknown gateway settings", "gateway.certificate_expired critical"});
    }
    SECTION("its settings, and TLS fails: another machine may be the one that speaks it") {
        host.give("gateway", failed);
        host.give(tls_read, TlsFacts{{{"127.0.0.1", 443}, ""}, "127.0.0.1", {}, "", "", {}, "connection refused"});
        CHECK(lines(host) == Lines{"gateway.unknown unknown gateway settings"});
    }
    SECTION("whether it takes UDP") {
        GatewayFacts facts = setting({}, 2);
        facts.udp = failed;
        host.give("gateway", facts);
        CHECK(lines(host) == Lines{"gateway.unknown unknown UDP transport"});
        facts.configured = false;
        host.give("gateway", facts);
        CHECK(lines(host) == Lines{"gateway.not_configured warning"});
    }
    SECTION("who holds its UDP port") {
        host.give("udp_endpoints", failed);
        CHECK(lines(host) == Lines{"gateway.unknown unknown who holds UDP port 3391"});
    }
    SECTION("the bindings") {
        host.give("https_bindings", failed);
        CHECK(lines(host) == Lines{"gateway.unknown unknown certificates of http.sys"});
    }
    SECTION("TLS") {
        host.give(tls_read, failed);
        CHECK(lines(host) == Lines{"gateway.unknown unknown TLS on port 443"});
    }
    SECTION("the certificate") {
        serve(host, {{1, 2, 3}});
        CHECK(lines(host) == Lines{"gateway.unknown unknown served certificate"});
    }
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
