// What does the probe gateway find on a host with the role, in one line a finding?
#pragma once

#include "probes/formats/x509.hpp"
#include "probes/gateway.hpp"
#include "probes/hex.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/make_certificate.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing::gateways {

inline const Error failed{Errc::access_denied, 5, "the read"};
using Lines = std::vector<std::string>;

inline CertificateOrder bought() {
    CertificateOrder order;
    order.common_name = "gateway.example.com";
    order.dns_names = {"gateway.example.com"};
    order.issuer = "Example CA";
    order.crl = "http://crl.example.com/ca.crl";
    return order;
}

// The one that `bought` names; tests sign with one key of each kind, so it has that of the other.
inline Bytes issuer_of(const CertificateOrder& order) {
    CertificateOrder issuer;
    issuer.common_name = order.issuer;
    issuer.issuer = "Example Root";
    issuer.key = order.key;
    return make_certificate(issuer).der;
}

inline std::vector<Bytes> chain_of(const CertificateOrder& order) {
    const Bytes leaf = make_certificate(order).der;
    return order.issuer.empty() ? std::vector<Bytes>{leaf} : std::vector<Bytes>{leaf, issuer_of(order)};
}

inline constexpr const char* tls_read = "tls_handshake 127.0.0.1:443 ";

inline void serve(FakeHost& host, const std::vector<Bytes>& chain) {
    host.give(tls_read, TlsFacts{{{"127.0.0.1", 443}, ""}, "127.0.0.1", chain, "TLSv1.2", "", {}, ""});
}

inline constexpr std::uint32_t gateway_process = 2800;
inline constexpr std::uint16_t udp_port = 3391;

// As set up, with UDP.
inline GatewayFacts setting(Bytes thumbprint, std::uint32_t ssl_bridging = 0) {
    GatewayFacts facts{true, std::move(thumbprint), ssl_bridging};
    facts.udp = GatewayUdp{true, udp_port};
    return facts;
}

inline void hold_udp(FakeHost& host, std::vector<UdpEndpoint> rows) {
    rows.push_back({"0.0.0.0", 3389, 77, "other.exe"}); // no affair of the gateway's
    host.give("udp_endpoints", std::move(rows));
}

inline void set_up(FakeHost& host, const CertificateOrder& order) {
    const std::vector<Bytes> chain = chain_of(order);
    const Bytes thumbprint = from_hex(sha1_thumbprint(chain.front())).value();
    host.give("gateway", setting(thumbprint));
    hold_udp(host, {{"0.0.0.0", udp_port, gateway_process, "svchost.exe"}});
    host.give("https_bindings", std::vector<HttpsBinding>{{"0.0.0.0", 8443, Bytes(20, 1), "MY"},
                                                          {"::", 443, Bytes(20, 2), "MY"},
                                                          {"0.0.0.0", 443, thumbprint, "MY"}});
    serve(host, chain);
}

inline FakeHost healthy(const CertificateOrder& order = bought()) {
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

inline std::vector<Finding> findings(const FakeHost& host) {
    JudgeContext context;
    context.now = host.time;
    return gateway::judge(gateway::collect(host).value(), context);
}

inline Lines lines(const FakeHost& host) {
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

} // namespace rdpmedic::testing::gateways
