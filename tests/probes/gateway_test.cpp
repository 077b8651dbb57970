// Is an RD Gateway that does not serve told from one that does, and a healthy one left in peace?
#include "tests/probes/gateway_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::gateway;
using namespace rdpmedic::testing::gateways;
using testing::CertificateOrder;
using testing::FakeHost;
using testing::MadeCertificate;
using testing::make_certificate;

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
