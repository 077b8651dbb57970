// Does the handshake reach the right stage with every kind of peer, and does it leave cleanly?
#include "probes/network/rdp_handshake.hpp"

#include "probes/formats/rdp_negotiation.hpp"
#include "probes/formats/tls_alert.hpp"
#include "probes/network/resolve.hpp"
#include "tests/support/scripted_peer.hpp"

#include <catch2/catch.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using std::chrono::milliseconds;

namespace {

constexpr HandshakeOptions patient{};
// For peers that never answer: the test waits this long and no longer.
constexpr HandshakeOptions brief{milliseconds{5000}, milliseconds{200}, milliseconds{300}, milliseconds{100}};

Bytes text(std::string_view value) { return {value.begin(), value.end()}; }

Bytes confirm(std::uint8_t type, std::uint8_t number) {
    return {3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, type, 0x1F, 8, 0, number, 0, 0, 0};
}

MadeCertificate identity() {
    CertificateOrder order;
    order.key = "EC-P-256";
    order.common_name = "host01";
    return make_certificate(order);
}

HandshakeFacts shake(const Endpoint& target, const HandshakeOptions& options = patient) {
    const Result<HandshakeFacts> facts = rdp_handshake(target, options);
    if (!facts)
        FAIL(describe(facts.error()));
    return *facts;
}

std::string stage(const HandshakeFacts& facts) {
    switch (facts.stage) {
    case HandshakeStage::resolve_failed:
        return "resolve_failed";
    case HandshakeStage::refused:
        return "refused";
    case HandshakeStage::unreachable:
        return "unreachable";
    case HandshakeStage::closed_before_reply:
        return "closed_before_reply";
    case HandshakeStage::reset_before_reply:
        return "reset_before_reply";
    case HandshakeStage::silent:
        return "silent";
    case HandshakeStage::not_rdp:
        return "not_rdp";
    case HandshakeStage::malformed_reply:
        return "malformed_reply";
    case HandshakeStage::x224_refused:
        return "x224_refused";
    case HandshakeStage::negotiation_failure:
        return "negotiation_failure";
    case HandshakeStage::legacy_only:
        return "legacy_only";
    case HandshakeStage::tls_closed:
        return "tls_closed";
    case HandshakeStage::tls_reset:
        return "tls_reset";
    case HandshakeStage::tls_alert:
        return "tls_alert";
    case HandshakeStage::tls_silent:
        return "tls_silent";
    case HandshakeStage::tls_failed:
        return "tls_failed";
    case HandshakeStage::complete:
        return "complete";
    }
    return "no stage";
}

// The last record of a TLS conversation that a peer gives up: a fatal alert.
Bytes alert(std::uint8_t description) { return {21, 3, 3, 0, 2, 2, description}; }

// Wine sometimes delivers a reset of its own processes as an end of file. Elsewhere the two are told apart.
std::string reset_or_closed_by_wine(std::string stage, [[maybe_unused]] const std::string& closed) {
#ifdef _WIN32
    if (stage == closed)
        stage.replace(stage.find("closed"), 6, "reset");
#endif
    return stage;
}

} // namespace

TEST_CASE("a healthy peer is seen down to its certificate, and the probe says goodbye") {
    const MadeCertificate certificate = identity();
    const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, ServeTls{certificate}}, Ending::hang);
    const HandshakeFacts facts = shake(peer.endpoint());
    CHECK(stage(facts) == "complete");
    CHECK(facts.address == "127.0.0.1");
    CHECK(facts.selected == 2u);
    CHECK(facts.response_flags == 0x1F);
    CHECK(facts.tls_version == "TLSv1.3");
    CHECK(facts.cipher.starts_with("TLS_"));
    CHECK(facts.certificate == certificate.der);
    CHECK_FALSE(facts.alert);
    CHECK(facts.first_bytes.empty());

    const ScriptedPeer::Seen seen = peer.after(1);
    CHECK(seen.received == rdp_negotiation::connection_request(0x0B));
    CHECK(seen.tls_complete);
    CHECK(seen.close_notify);
    CHECK(seen.clean_close);
    CHECK(seen.client == facts.local_address);
    CHECK(seen.server_name.empty()); // an address is no server name
}

TEST_CASE("a name is resolved, and told to the TLS server") {
    const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 1)}, ServeTls{identity()}}, Ending::hang);
    const HandshakeFacts facts = shake({"localhost", peer.endpoint().port});
    CHECK(stage(facts) == "complete");
    CHECK(facts.target.host == "localhost");
    CHECK(facts.address == "127.0.0.1");
    CHECK(facts.selected == 1u);
    CHECK(peer.after(1).server_name == "localhost");
}

TEST_CASE("an IPv6 literal is connected to as it is") {
    const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 8)}, ServeTls{identity()}}, Ending::hang, true);
    const HandshakeFacts facts = shake(peer.endpoint());
    CHECK(stage(facts) == "complete");
    CHECK(facts.address == "::1");
    CHECK(facts.selected == 8u);
    CHECK(facts.local_address.starts_with("[::1]:"));
}

TEST_CASE("an old host that knows only TLS 1.0 is still seen") {
    const auto [version, name] = GENERATE(
        table<int, std::string>({{TLS1_VERSION, "TLSv1"}, {TLS1_1_VERSION, "TLSv1.1"}, {TLS1_2_VERSION, "TLSv1.2"}}));
    const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 1)}, ServeTls{identity(), version}}, Ending::hang);
    const HandshakeFacts facts = shake(peer.endpoint());
    CHECK(stage(facts) == "complete");
    CHECK(facts.tls_version == name);
}

TEST_CASE("a peer that never answers close_notify does not hold the probe, and the connection ends without a reset") {
    const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, ServeTls{identity(), 0, false}}, Ending::hang);
    CHECK(stage(shake(peer.endpoint(), brief)) == "complete");
    CHECK(peer.after(1).close_notify);
}

TEST_CASE("an answer that comes byte by byte is put together") {
    const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2), true}, ServeTls{identity()}}, Ending::hang);
    CHECK(stage(shake(peer.endpoint())) == "complete");
}

TEST_CASE("a port without a listener is refused") {
    const HandshakeFacts facts = shake({"127.0.0.1", closed_port()});
    CHECK(stage(facts) == "refused");
    CHECK(facts.address == "127.0.0.1");
    CHECK(facts.detail == "connection refused");
}

TEST_CASE("an address without a route is unreachable") {
    // The broadcast address of the loopback network: nobody can have it.
    const HandshakeFacts facts = shake({"127.255.255.255", 3389});
    CHECK(stage(facts) == "unreachable");
    CHECK_FALSE(facts.detail.empty());
}

TEST_CASE("a host that does not answer the connection request is unreachable, not silent") {
    // A listener whose queue is full drops further requests, as a firewall would.
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor full(io);
    full.open(boost::asio::ip::tcp::v4());
    full.bind({boost::asio::ip::address_v4::loopback(), 0});
    full.listen(0);
    std::vector<boost::asio::ip::tcp::socket> waiting;
    for (int count = 0; count < 8; ++count) {
        waiting.emplace_back(io, boost::asio::ip::tcp::v4());
        waiting.back().async_connect(full.local_endpoint(), [](const boost::system::error_code&) {});
    }
    HandshakeOptions options = brief;
    options.connect_timeout = milliseconds{300};
    const HandshakeFacts facts = shake({"127.0.0.1", full.local_endpoint().port()}, options);
    CHECK(stage(facts) == "unreachable");
    CHECK(facts.connect_time >= options.connect_timeout);
}

TEST_CASE("a slow name service takes nothing from the time to connect") {
    static std::uint16_t port = 0;
    ScriptedPeer peer({}, Ending::close);
    port = peer.endpoint().port;
    HandshakeOptions options = brief;
    options.connect_timeout = milliseconds{200};
    options.lookup = [](const std::string&, std::uint16_t, milliseconds) {
        std::this_thread::sleep_for(milliseconds{300});
        return Resolved{{{boost::asio::ip::address_v4::loopback(), port}}, ""};
    };
    const HandshakeFacts facts = shake({"host01.example.com", 3389}, options);
    CHECK_FALSE(facts.local_address.empty());
    CHECK(facts.resolve_time >= milliseconds{290});
}

TEST_CASE("a name without an address is told apart from a host that is away") {
    const HandshakeFacts facts = shake({"no-such-host.invalid", 3389});
    CHECK(stage(facts) == "resolve_failed");
    CHECK_FALSE(facts.detail.empty());
    CHECK(facts.address.empty());
}

TEST_CASE("a target without a host or a port is not tried") {
    CHECK(rdp_handshake({"", 3389}).error().code == Errc::malformed);
    CHECK(rdp_handshake({"127.0.0.1", 0}).error().code == Errc::malformed);
}

TEST_CASE("a peer that ends before its answer is seen as it ended") {
    SECTION("closed") {
        const ScriptedPeer peer({ReadSome{}}, Ending::close);
        CHECK(stage(shake(peer.endpoint())) == "closed_before_reply");
    }
    SECTION("reset") {
        const ScriptedPeer peer({ReadSome{}}, Ending::reset);
        CHECK(reset_or_closed_by_wine(stage(shake(peer.endpoint())), "closed_before_reply") == "reset_before_reply");
    }
    SECTION("silent, and left without a reset") {
        const ScriptedPeer peer({ReadSome{}}, Ending::hang);
        const HandshakeFacts facts = shake(peer.endpoint(), brief);
        CHECK(stage(facts) == "silent");
        CHECK(facts.negotiate_time >= brief.negotiate_timeout);
        CHECK(peer.after(1).clean_close);
    }
}

TEST_CASE("an answer of another protocol is kept for the report") {
    SECTION("an HTTP server") {
        const ScriptedPeer peer({ReadSome{}, Send{text("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")}});
        const HandshakeFacts facts = shake(peer.endpoint());
        CHECK(stage(facts) == "not_rdp");
        CHECK(facts.detail == "the answer looks like HTTP");
        CHECK(facts.first_bytes.starts_with("485454502f312e31")); // "HTTP/1.1"
        CHECK(facts.first_bytes.size() == 64);
    }
    SECTION("a server that speaks first") {
        const ScriptedPeer peer({Send{text("SSH-2.0-server\r\n")}, ReadSome{}});
        CHECK(stage(shake(peer.endpoint())) == "not_rdp");
    }
    SECTION("a TLS server that does not understand") {
        const ScriptedPeer peer({ReadSome{}, Send{alert(10)}});
        CHECK(stage(shake(peer.endpoint())) == "not_rdp");
    }
}

TEST_CASE("a broken answer is malformed, with what came") {
    Bytes cut = confirm(2, 2);
    cut.resize(7);
    SECTION("cut and closed") {
        const ScriptedPeer peer({ReadSome{}, Send{cut}}, Ending::close);
        const HandshakeFacts facts = shake(peer.endpoint());
        CHECK(stage(facts) == "malformed_reply");
        CHECK(facts.detail == "the peer closed the connection after 7 bytes of an incomplete answer");
        CHECK(facts.first_bytes == "030000130ed000");
    }
    SECTION("cut and silent") {
        const ScriptedPeer peer({ReadSome{}, Send{cut}}, Ending::hang);
        const HandshakeFacts facts = shake(peer.endpoint(), brief);
        CHECK(stage(facts) == "malformed_reply");
        CHECK(facts.detail == "the peer fell silent after 7 bytes of an incomplete answer");
    }
    SECTION("an X.224 disconnect") {
        const ScriptedPeer peer({ReadSome{}, Send{{3, 0, 0, 11, 6, 0x80, 0, 0, 0, 0, 0}}});
        const HandshakeFacts facts = shake(peer.endpoint());
        CHECK(stage(facts) == "x224_refused");
        CHECK(facts.detail == "the peer sent an X.224 disconnect request with reason 0");
        CHECK(facts.first_bytes == "0300000b06800000000000");
    }
    SECTION("an X.224 error") {
        const ScriptedPeer peer({ReadSome{}, Send{{3, 0, 0, 9, 4, 0x70, 0, 0, 2}}}, Ending::hang);
        const HandshakeFacts facts = shake(peer.endpoint());
        CHECK(stage(facts) == "x224_refused");
        CHECK(facts.detail == "the peer sent an X.224 error with cause 2");
        CHECK(peer.after(1).clean_close);
    }
    SECTION("a protocol that was not offered") {
        const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 16)}});
        const HandshakeFacts facts = shake(peer.endpoint());
        CHECK(stage(facts) == "malformed_reply");
        CHECK(facts.detail == "the host chose a protocol that was not offered: RDS AAD");
    }
    SECTION("several protocols at once, each of which was offered") {
        const auto both = GENERATE(as<std::uint8_t>{}, 3, 9, 10, 11);
        const ScriptedPeer peer({ReadSome{}, Send{confirm(2, both)}});
        const HandshakeFacts facts = shake(peer.endpoint());
        CHECK(stage(facts) == "malformed_reply");
        CHECK(facts.detail.find("the host chose several protocols at once: unknown protocol 0x") == 0);
    }
}

TEST_CASE("a negotiation failure keeps its code") {
    const auto code = GENERATE(as<std::uint8_t>{}, 1, 2, 3, 4, 5, 6, 77);
    const ScriptedPeer peer({ReadSome{}, Send{confirm(3, code)}}, Ending::hang);
    const HandshakeFacts facts = shake(peer.endpoint());
    CHECK(stage(facts) == "negotiation_failure");
    CHECK(facts.failure_code == code);
    CHECK_FALSE(facts.selected);
    CHECK(peer.after(1).clean_close);
}

TEST_CASE("a host without TLS is legacy, whether it says so or not") {
    SECTION("without negotiation data") {
        const ScriptedPeer peer({ReadSome{}, Send{{3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0}}}, Ending::hang);
        const HandshakeFacts facts = shake(peer.endpoint());
        CHECK(stage(facts) == "legacy_only");
        CHECK_FALSE(facts.selected);
    }
    SECTION("with standard RDP security chosen") {
        const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 0)}}, Ending::hang);
        const HandshakeFacts facts = shake(peer.endpoint());
        CHECK(stage(facts) == "legacy_only");
        CHECK(facts.selected == 0u);
    }
}

TEST_CASE("a peer that gives up during TLS is seen as it gave up") {
    SECTION("closed") {
        const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, ReadSome{}}, Ending::close);
        const HandshakeFacts facts = shake(peer.endpoint());
        CHECK(stage(facts) == "tls_closed");
        CHECK(facts.selected == 2u); // what was negotiated is still known
    }
    SECTION("reset") {
        const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, ReadSome{}}, Ending::reset);
        CHECK(reset_or_closed_by_wine(stage(shake(peer.endpoint())), "tls_closed") == "tls_reset");
    }
    SECTION("silent") {
        const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, ReadSome{}}, Ending::hang);
        const HandshakeFacts facts = shake(peer.endpoint(), brief);
        CHECK(stage(facts) == "tls_silent");
        CHECK(facts.tls_time >= brief.tls_timeout);
    }
    SECTION("with bytes that are no TLS") {
        const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, ReadSome{}, Send{text("what do you mean by that?")}});
        const HandshakeFacts facts = shake(peer.endpoint());
        CHECK(stage(facts) == "tls_failed");
        CHECK_FALSE(facts.detail.empty());
    }
}

TEST_CASE("the alert that a peer sends is kept by its number") {
    const auto number = GENERATE(as<std::uint8_t>{}, 40, 70, 71, 80);
    const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, ReadSome{}, Send{alert(number)}}, Ending::close);
    const HandshakeFacts facts = shake(peer.endpoint());
    CHECK(stage(facts) == "tls_alert");
    REQUIRE(facts.alert);
    CHECK(*facts.alert == number);
    CHECK(facts.detail == "the peer sent alert " + std::to_string(number) + " (" + alert_name(number) + ")");
}

TEST_CASE("the certificate of a host that gives up during TLS is seen all the same") {
    const MadeCertificate certificate = identity();
    const ServeTls demanding{certificate, TLS1_2_VERSION, true, true};
    const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, demanding}, Ending::close);
    const HandshakeFacts facts = shake(peer.endpoint());
    CHECK(stage(facts) == "tls_alert");
    CHECK(facts.alert == 40);
    CHECK(facts.certificate == certificate.der);
    CHECK(facts.tls_version.empty());
    CHECK_FALSE(peer.after(1).tls_complete);
}

TEST_CASE("peers can be probed many times in a row") {
    const ScriptedPeer peer({ReadSome{}, Send{confirm(2, 2)}, ServeTls{identity()}}, Ending::hang);
    for (int round = 1; round <= 5; ++round) {
        CHECK(stage(shake(peer.endpoint())) == "complete");
        CHECK(peer.after(round).close_notify);
    }
}
