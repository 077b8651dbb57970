// Would an RDP client get through? X.224 negotiation, then TLS, then the certificate that is really served.
#include "probes/network/rdp_handshake.hpp"

#include "probes/formats/rdp_negotiation.hpp"
#include "probes/formats/tls_alert.hpp"
#include "probes/hex.hpp"
#include "probes/network/connect.hpp"
#include "probes/network/hang_up.hpp"
#include "probes/network/resolve.hpp"
#include "probes/network/socket_errors.hpp"
#include "probes/network/tls_observer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <bit>

namespace rdpmedic {
namespace {

namespace asio = boost::asio;
namespace negotiation = rdp_negotiation;
using asio::ip::tcp;
using namespace sockets;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds since(Clock::time_point start) { return std::chrono::duration_cast<milliseconds>(Clock::now() - start); }

std::string first_of(const Bytes& bytes) {
    return to_hex(std::span(bytes).first(std::min<std::size_t>(bytes.size(), 32)));
}

// One handshake. Each step either reaches the next or ends in a stage.
class Attempt {
  public:
    Attempt(const Endpoint& target, const HandshakeOptions& options) : options_(options) { facts_.target = target; }

    Result<HandshakeFacts> run() {
        if (Result<bool> connected = connect(); !connected)
            return connected.error();
        else if (*connected && negotiate() && secure())
            facts_.stage = HandshakeStage::complete;
        hang_up(socket_);
        return facts_;
    }

  private:
    bool finished_by(Clock::time_point deadline) { return finish_by(deadline, io_, socket_); }

    bool end(HandshakeStage stage, std::string detail) {
        facts_.stage = stage;
        facts_.detail = std::move(detail);
        return false;
    }

    Result<bool> connect();
    Result<bool> connect_to(const tcp::endpoint& endpoint, Clock::time_point deadline);
    bool negotiate();
    bool exchange(Clock::time_point deadline, negotiation::Reply& reply);
    bool end_of_reply(const error_code& error, const Bytes& received);
    bool silent_reply(const Bytes& received);
    bool take(const negotiation::Reply& reply);
    bool secure();
    void await_word(asio::ssl::stream<tcp::socket&>& stream, Clock::time_point deadline);
    bool end_of_tls(const error_code& error, const TlsObservation& seen);

    const HandshakeOptions options_;
    HandshakeFacts facts_;
    asio::io_context io_{1};
    tcp::socket socket_{io_};
};

// Tries the addresses of the target in their order and shares the time among them, which begins once the name is looked
// up: servers of names that are slow take nothing from a host that is not. True once connected. When none can
// be reached, the facts speak of a refusal if there was one: it is the more certain answer.
Result<bool> Attempt::connect() {
    const auto start = Clock::now();
    auto* const lookup = options_.lookup ? options_.lookup : &resolve;
    const Resolved resolved = lookup(facts_.target.host, facts_.target.port, options_.resolve_timeout);
    const auto deadline = Clock::now() + options_.connect_timeout;
    if (resolved.looked_up)
        facts_.resolve_time = since(start);
    if (resolved.endpoints.empty()) {
        facts_.connect_time = since(start);
        return end(HandshakeStage::resolve_failed, resolved.error);
    }
    std::optional<HandshakeFacts> refusal;
    std::optional<Error> not_possible;
    bool answered = false;
    for (std::size_t at = 0; at < resolved.endpoints.size(); ++at) {
        const auto share = (deadline - Clock::now()) / static_cast<int>(resolved.endpoints.size() - at);
        const Result<bool> connected = connect_to(resolved.endpoints[at], Clock::now() + share);
        facts_.connect_time = since(start);
        if (connected && *connected)
            return true;
        if (!connected)
            not_possible = connected.error();
        else
            answered = true;
        if (connected && facts_.stage == HandshakeStage::refused)
            refusal = facts_;
    }
    if (refusal)
        facts_ = *refusal;
    facts_.connect_time = since(start);
    if (!answered)
        return *not_possible;
    return false;
}

Result<bool> Attempt::connect_to(const tcp::endpoint& endpoint, Clock::time_point deadline) {
    error_code error;
    socket_ = tcp::socket(io_);
    socket_.open(endpoint.protocol(), error);
    if (error)
        return not_tried(error, "socket(" + text_of(endpoint) + ")");
    facts_.address = endpoint.address().to_string();
    error = connect_by(deadline, io_, socket_, endpoint);
    if (!error) {
        facts_.local_address = text_of(socket_.local_endpoint(error));
        return true;
    }
    if (error == asio::error::connection_refused || is_reset(error))
        return end(HandshakeStage::refused, words(error));
    if (is_unreachable(error))
        return end(HandshakeStage::unreachable, words(error));
    return not_tried(error, "connect(" + text_of(endpoint) + ")");
}

bool Attempt::negotiate() {
    const auto start = Clock::now();
    negotiation::Reply reply;
    const bool answered = exchange(start + options_.negotiate_timeout, reply);
    facts_.negotiate_time = since(start);
    return answered && take(reply);
}

// Sends the request and reads until the answer is decided. False: it ended in a stage.
bool Attempt::exchange(Clock::time_point deadline, negotiation::Reply& reply) {
    const Bytes request = negotiation::connection_request(options_.protocols);
    error_code error;
    Bytes received;
    asio::async_write(socket_, asio::buffer(request),
                      [&error](const error_code& result, std::size_t) { error = result; });
    if (!finished_by(deadline))
        return silent_reply(received);
    if (error)
        return end_of_reply(error, received);
    do {
        std::array<std::uint8_t, 512> chunk;
        std::size_t size = 0;
        socket_.async_read_some(asio::buffer(chunk), [&](const error_code& result, std::size_t count) {
            error = result;
            size = count;
        });
        if (!finished_by(deadline))
            return silent_reply(received);
        if (error)
            return end_of_reply(error, received);
        received.insert(received.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(size));
        reply = negotiation::parse_reply(received);
    } while (std::holds_alternative<negotiation::NeedMore>(reply));
    facts_.first_bytes = first_of(received);
    return true;
}

std::string incomplete(const Bytes& received) {
    return "after " + std::to_string(received.size()) + " bytes of an incomplete answer";
}

bool Attempt::end_of_reply(const error_code& error, const Bytes& received) {
    facts_.first_bytes = first_of(received);
    const bool closed = error == asio::error::eof;
    if (!received.empty())
        return end(HandshakeStage::malformed_reply,
                   std::string(closed ? "the peer closed the connection " : "the connection broke ") +
                       incomplete(received));
    if (closed)
        return end(HandshakeStage::closed_before_reply, "the peer closed the connection");
    return end(HandshakeStage::reset_before_reply, words(error));
}

bool Attempt::silent_reply(const Bytes& received) {
    facts_.first_bytes = first_of(received);
    if (!received.empty())
        return end(HandshakeStage::malformed_reply, "the peer fell silent " + incomplete(received));
    return end(HandshakeStage::silent, "no byte within " + std::to_string(options_.negotiate_timeout.count()) + " ms");
}

// What the answer means for the rest of the conversation. True: TLS is next.
bool Attempt::take(const negotiation::Reply& reply) {
    if (const auto* other = std::get_if<negotiation::NotRdp>(&reply))
        return end(HandshakeStage::not_rdp, other->reason);
    if (const auto* bad = std::get_if<negotiation::Malformed>(&reply))
        return end(HandshakeStage::malformed_reply, bad->reason);
    if (const auto* refused = std::get_if<negotiation::Refused>(&reply))
        return end(HandshakeStage::x224_refused, refused->reason);
    facts_.first_bytes.clear(); // it is RDP: the parsed answer says more
    if (const auto* failure = std::get_if<negotiation::Failure>(&reply)) {
        facts_.failure_code = failure->code;
        return end(HandshakeStage::negotiation_failure, negotiation::failure_name(failure->code));
    }
    const auto* response = std::get_if<negotiation::Response>(&reply);
    if (response == nullptr)
        return end(HandshakeStage::legacy_only, "confirmed without negotiation data");
    facts_.selected = response->selected;
    facts_.response_flags = response->flags;
    if (response->selected == negotiation::protocol_rdp)
        return end(HandshakeStage::legacy_only, "the host chose standard RDP security");
    if ((response->selected & options_.protocols) != response->selected)
        return end(HandshakeStage::malformed_reply,
                   "the host chose a protocol that was not offered: " + negotiation::protocol_name(response->selected));
    // One of the values of selectedProtocol, which is no set of flags as requestedProtocols is:
    // https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/b2975bdc-6d56-49ee-9c57-f2ff3a0b6817
    if (!std::has_single_bit(response->selected))
        return end(HandshakeStage::malformed_reply,
                   "the host chose several protocols at once: " + negotiation::protocol_name(response->selected));
    return true;
}

bool Attempt::secure() {
    asio::ssl::context context = permissive_client();
    TlsObservation seen;
    asio::ssl::stream<tcp::socket&> stream(socket_, context);
    observe(stream.native_handle(), seen);
    error_code not_literal;
    asio::ip::make_address(facts_.target.host, not_literal);
    // A server name must not be an address: RFC 6066 section 3.
    if (not_literal)
        SSL_set_tlsext_host_name(stream.native_handle(), facts_.target.host.c_str());

    const auto start = Clock::now();
    error_code error;
    stream.async_handshake(asio::ssl::stream_base::client, [&error](const error_code& result) { error = result; });
    const bool in_time = finished_by(start + options_.tls_timeout);
    facts_.tls_time = since(start);
    facts_.certificate = seen.leaf;
    if (!in_time)
        return end(HandshakeStage::tls_silent,
                   "TLS not complete within " + std::to_string(options_.tls_timeout.count()) + " ms");
    if (error)
        return end_of_tls(error, seen);
    facts_.tls_version = SSL_get_version(stream.native_handle());
    if (const SSL_CIPHER* cipher = SSL_get_current_cipher(stream.native_handle()))
        facts_.cipher = SSL_CIPHER_standard_name(cipher);

    if (seen.certificate_demanded && SSL_version(stream.native_handle()) == TLS1_3_VERSION)
        await_word(stream,
                   std::min(start + options_.tls_timeout, Clock::now() + options_.close_timeout + facts_.tls_time));
    // A close_notify, and the peer's answer or its leftovers, so that the close below is no reset: a connection torn
    // down leaves errors in the host's event log. A peer that does not answer has had its notice all the same.
    if (!seen.fatal_alert) {
        stream.async_shutdown([](const error_code&) {});
        finished_by(Clock::now() + options_.close_timeout);
    }
    // close_notify ends nothing that went wrong, whatever level a peer gives it: RFC 8446 section 6.1.
    const bool refused = seen.fatal_alert && *seen.fatal_alert != SSL_AD_CLOSE_NOTIFY;
    return refused ? end_of_tls(error, seen) : true;
}

// In TLS 1.3 the client is complete before the peer has looked at the certificate that it demanded, and the peer's
// refusal comes afterwards. Whoever says goodbye first may lose it: the peer then closes with that goodbye unread, and
// Windows drops what it has received when the reset comes. The connection stays open for the close_notify.
void Attempt::await_word(asio::ssl::stream<tcp::socket&>& stream, Clock::time_point deadline) {
    std::array<std::uint8_t, 512> unused;
    stream.async_read_some(asio::buffer(unused), [](const error_code&, std::size_t) {});
    io_.restart();
    io_.run_until(deadline);
    error_code ignored;
    socket_.cancel(ignored);
    io_.run();
}

bool Attempt::end_of_tls(const error_code& error, const TlsObservation& seen) {
    if (seen.fatal_alert) {
        facts_.alert = seen.fatal_alert;
        return end(HandshakeStage::tls_alert, "the peer sent alert " + std::to_string(*seen.fatal_alert) + " (" +
                                                  alert_name(*seen.fatal_alert) + ")");
    }
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated)
        return end(HandshakeStage::tls_closed, "the peer closed the connection during TLS");
    if (is_reset(error))
        return end(HandshakeStage::tls_reset, words(error));
    return end(HandshakeStage::tls_failed, words(error));
}

} // namespace

Result<HandshakeFacts> rdp_handshake(const Endpoint& target, const HandshakeOptions& options) {
    const std::string where = "rdp_handshake(" + target.host + ":" + std::to_string(target.port) + ")";
    if (target.host.empty() || target.port == 0)
        return Error{Errc::malformed, 0, where};
    try {
        return Attempt(target, options).run();
    } catch (const std::exception& error) { // Asio without Winsock or epoll, OpenSSL without memory
        return Error{Errc::io, 0, where + ": " + error.what()};
    }
}

} // namespace rdpmedic
