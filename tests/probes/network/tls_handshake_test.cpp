// Is everything that a TLS server shows reported, and every way to fail told apart?
#include "probes/network/tls_handshake.hpp"

#include "probes/formats/x509.hpp"
#include "probes/network/resolve.hpp"
#include "tests/support/scripted_peer.hpp"

#include <catch2/catch.hpp>

#include <openssl/ssl.h>

#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using std::chrono::milliseconds;

namespace {

// For peers that never answer: the test waits this long and no longer.
constexpr TlsHandshakeOptions brief{milliseconds{5000}, milliseconds{300}, milliseconds{100}};

MadeCertificate identity(Time not_after = CertificateOrder{}.not_after) {
    CertificateOrder order;
    order.key = "EC-P-256";
    order.common_name = "gateway.example.com";
    order.not_after = not_after;
    return make_certificate(order);
}

TlsFacts shake(const Endpoint& endpoint, std::string name = "", const TlsHandshakeOptions& options = {}) {
    const Result<TlsFacts> facts = tls_handshake({endpoint, std::move(name)}, options);
    if (!facts)
        FAIL(describe(facts.error()));
    return *facts;
}

} // namespace

TEST_CASE("a server is asked by name, shows its certificate and is left with a goodbye") {
    const MadeCertificate certificate = identity();
    ServeTls serve{certificate};
    serve.version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    ScriptedPeer peer({serve}, Ending::hang); // which sees how the client closes
    const TlsFacts facts = shake(peer.endpoint(), "gateway.example.com");
    CHECK(facts.problem.empty());
    CHECK(facts.address == "127.0.0.1");
    CHECK(facts.chain == std::vector<Bytes>{certificate.der});
    CHECK(facts.tls_version == (serve.version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"));
    CHECK_FALSE(facts.cipher.empty());
    CHECK_FALSE(facts.alert);
    const auto seen = peer.after(1);
    CHECK(seen.tls_complete);
    CHECK(seen.server_name == "gateway.example.com");
    CHECK(seen.close_notify);
    CHECK(seen.clean_close);
}

TEST_CASE("every certificate that is served is reported, in its order") {
    MadeCertificate leaf = identity();
    CertificateOrder order;
    order.key = "EC-P-256";
    order.common_name = "Example CA";
    const MadeCertificate authority = make_certificate(order);
    leaf.pem += authority.pem;
    ServeTls serve{leaf};
    serve.version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    ScriptedPeer peer({serve});
    CHECK(shake(peer.endpoint()).chain == std::vector<Bytes>{leaf.der, authority.der});
}

TEST_CASE("without a name none is sent") {
    ScriptedPeer peer({ServeTls{identity()}});
    CHECK(shake(peer.endpoint()).problem.empty());
    CHECK(peer.after(1).server_name.empty());
}

TEST_CASE("a certificate that has expired is a fact like any other") {
    const MadeCertificate certificate = identity(Time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 2}});
    ScriptedPeer peer({ServeTls{certificate}});
    const TlsFacts facts = shake(peer.endpoint());
    REQUIRE(facts.chain.size() == 1);
    CHECK(parse_certificate(facts.chain[0])->not_after == std::chrono::sys_days{std::chrono::year{2026} / 1 / 2});
}

TEST_CASE("a peer that does not complete TLS is a fact without a chain, with the reason") {
    SECTION("it closes") {
        ScriptedPeer peer({ReadSome{}}, Ending::close);
        const TlsFacts facts = shake(peer.endpoint());
        CHECK(facts.chain.empty());
        CHECK(facts.problem == "the peer closed the connection during TLS");
    }
    SECTION("it resets") {
        ScriptedPeer peer({ReadSome{}}, Ending::reset);
        const std::string problem = shake(peer.endpoint()).problem;
        // Wine delivers some resets as an end of file.
        CHECK((problem == "connection reset by the peer" || problem == "the peer closed the connection during TLS"));
    }
    SECTION("it is silent") {
        ScriptedPeer peer({}, Ending::hang);
        CHECK(shake(peer.endpoint(), "", brief).problem == "TLS not complete within 300 ms");
    }
    SECTION("it speaks HTTP without TLS") {
        const std::string_view page = "HTTP/1.1 400 Bad Request\r\n\r\n";
        ScriptedPeer peer({ReadSome{}, Send{Bytes(page.begin(), page.end())}});
        const TlsFacts facts = shake(peer.endpoint());
        CHECK(facts.chain.empty());
        CHECK_FALSE(facts.problem.empty());
        CHECK_FALSE(facts.alert);
    }
    SECTION("it sends an alert") {
        ScriptedPeer peer({ReadSome{}, Send{{0x15, 3, 3, 0, 2, 2, 80}}});
        const TlsFacts facts = shake(peer.endpoint());
        CHECK(facts.chain.empty());
        CHECK(facts.alert == std::uint8_t{80});
    }
    SECTION("it demands a certificate of the client") {
        ServeTls serve{identity()};
        serve.version = TLS1_2_VERSION;
        serve.demand_certificate = true;
        ScriptedPeer peer({serve});
        const TlsFacts facts = shake(peer.endpoint());
        CHECK(facts.chain.empty());
        CHECK(facts.alert);
    }
    SECTION("nothing listens") {
        const TlsFacts facts = shake({"127.0.0.1", closed_port()});
        CHECK(facts.chain.empty());
        CHECK(facts.problem == "connection refused");
    }
    SECTION("the name has no address") {
        const TlsFacts facts = shake({"no such name.invalid", 443});
        CHECK(facts.chain.empty());
        CHECK(facts.address.empty());
        CHECK_FALSE(facts.problem.empty());
    }
}

TEST_CASE("a slow name service takes nothing from the time to connect to a gateway") {
    static std::uint16_t port = 0;
    ScriptedPeer peer({ServeTls{identity()}});
    port = peer.endpoint().port;
    TlsHandshakeOptions options;
    options.connect_timeout = milliseconds{200};
    options.lookup = [](const std::string&, std::uint16_t, milliseconds) {
        std::this_thread::sleep_for(milliseconds{300});
        return Resolved{{{boost::asio::ip::address_v4::loopback(), port}}, ""};
    };
    CHECK(shake({"gateway.example.com", 443}, "", options).problem.empty());
}

TEST_CASE("a handshake with nobody is an error") {
    CHECK(tls_handshake({{"", 443}, ""}).error().code == Errc::malformed);
    CHECK(tls_handshake({{"127.0.0.1", 0}, ""}).error().code == Errc::malformed);
}
