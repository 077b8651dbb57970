// Does the handshake stay right and leave cleanly when a peer breaks off anywhere?
#include "probes/network/rdp_handshake.hpp"

#include "tests/support/scripted_peer.hpp"

#include <catch2/catch.hpp>

#include <openssl/ssl.h>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using std::chrono::milliseconds;

namespace {

Bytes confirm(std::uint8_t type, std::uint8_t number) {
    return {3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, type, 0x1F, 8, 0, number, 0, 0, 0};
}

HandshakeFacts shake(const Endpoint& target, const HandshakeOptions& options = {}) {
    const Result<HandshakeFacts> facts = rdp_handshake(target, options);
    if (!facts)
        FAIL(describe(facts.error()));
    return *facts;
}

} // namespace

TEST_CASE("an answer cut after any byte is never taken for a whole one") {
    const Bytes whole = GENERATE(confirm(2, 2), confirm(3, 3), Bytes{3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0});
    for (std::size_t length = 1; length < whole.size(); ++length) {
        CAPTURE(length);
        const ScriptedPeer peer({ReadSome{}, Send{Bytes(whole.begin(), whole.begin() + static_cast<long>(length))}});
        const HandshakeFacts facts = shake(peer.endpoint());
        CHECK(facts.stage == HandshakeStage::malformed_reply);
        CHECK(facts.first_bytes.size() == 2 * length);
        CHECK_FALSE(facts.selected);
    }
}

TEST_CASE("whatever the peer says, it sees a clean end and no reset") {
    const auto [answer, expected] = GENERATE(table<Bytes, HandshakeStage>({
        {Bytes{}, HandshakeStage::silent},
        {Bytes{3, 0, 0}, HandshakeStage::malformed_reply},
        {Bytes{3, 0, 0, 19, 14, 0xD0, 0, 0, 0, 0, 0, 3, 0, 8, 0, 3, 0, 0, 0, 1, 2, 3}, HandshakeStage::malformed_reply},
        {Bytes{3, 0, 0, 19, 14, 0xD0, 0, 0, 0, 0, 0, 3, 0, 8, 0, 3, 0, 0, 0}, HandshakeStage::negotiation_failure},
        {Bytes{3, 0, 0, 19, 14, 0xD0, 0, 0, 0, 0, 0, 2, 0, 8, 0, 0, 0, 0, 0}, HandshakeStage::legacy_only},
        {Bytes{3, 0, 0, 11, 6, 0xD0, 0, 0, 0, 0, 0}, HandshakeStage::legacy_only},
        {Bytes{3, 0, 0, 11, 6, 0x80, 0, 0, 0, 0, 0}, HandshakeStage::x224_refused},
        {Bytes(3000, 'H'), HandshakeStage::not_rdp}, // more than is read
    }));
    const HandshakeOptions brief{milliseconds{5000}, milliseconds{200}, milliseconds{300}, milliseconds{100}};
    const ScriptedPeer peer({ReadSome{}, Send{answer}}, Ending::hang);
    CHECK(shake(peer.endpoint(), brief).stage == expected);
    CHECK(peer.after(1).clean_close);
}

TEST_CASE("a TLS answer cut after any byte is a connection that broke in TLS, with the certificate if it had come") {
    CertificateOrder order;
    order.key = "EC-P-256";
    const MadeCertificate certificate = make_certificate(order);
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    std::size_t flight = 0, with_certificate = 0, rounds = 0;
    const auto cut_after = [&](std::size_t bytes) {
        CAPTURE(bytes);
        const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, ServeTlsPart{certificate, version, bytes}});
        const HandshakeFacts facts = shake(peer.endpoint());
        flight = peer.after(1).flight;
        CHECK(facts.stage == HandshakeStage::tls_closed);
        CHECK((facts.certificate.empty() || facts.certificate == certificate.der));
        CHECK(facts.tls_version.empty());
        with_certificate += !facts.certificate.empty();
        ++rounds;
    };
    cut_after(0);
    REQUIRE(flight > 300);
    const std::size_t last = flight - 8; // the length of its signature differs a little from time to time
    for (std::size_t bytes = 1; bytes < last; bytes += bytes < 12 ? 1 : 29)
        cut_after(bytes);
    cut_after(last);
    CHECK(with_certificate > 0);
    CHECK(with_certificate < rounds);
}

TEST_CASE("a peer that refuses after the client's side of TLS 1.3 is complete is not taken for one that lets it in") {
    CertificateOrder order;
    order.key = "EC-P-256";
    const MadeCertificate certificate = make_certificate(order);
    const ServeTls demanding{certificate, TLS1_3_VERSION, true, true};
    const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, demanding}, Ending::hang);
    const HandshakeFacts facts = shake(peer.endpoint());
    CHECK(facts.stage == HandshakeStage::tls_alert);
    CHECK(facts.alert == 116);
    CHECK(facts.detail == "the peer sent alert 116 (certificate_required)");
    CHECK(facts.certificate == certificate.der);
    const ScriptedPeer::Seen seen = peer.after(1);
    CHECK_FALSE(seen.tls_complete);
    CHECK(seen.clean_close);
}

TEST_CASE("a peer that asks for a certificate and does without one is complete, with a goodbye") {
    CertificateOrder order;
    order.key = "EC-P-256";
    ServeTls asking{make_certificate(order), GENERATE(TLS1_2_VERSION, TLS1_3_VERSION)};
    asking.ask_certificate = true;
    const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, asking}, Ending::hang);
    const HandshakeOptions brief{milliseconds{5000}, milliseconds{200}, milliseconds{1000}, milliseconds{100}};
    const auto start = std::chrono::steady_clock::now();
    CHECK(shake(peer.endpoint(), brief).stage == HandshakeStage::complete);
    CHECK(std::chrono::steady_clock::now() - start < milliseconds{2000});
    const ScriptedPeer::Seen seen = peer.after(1);
    CHECK(seen.tls_complete);
    CHECK(seen.close_notify);
    CHECK(seen.clean_close);
}
