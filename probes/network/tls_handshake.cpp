// What does a TLS server show that is no RDP host: an RD Gateway?
#include "probes/network/tls_handshake.hpp"

#include "probes/network/connect.hpp"
#include "probes/network/hang_up.hpp"
#include "probes/network/resolve.hpp"
#include "probes/network/socket_errors.hpp"
#include "probes/network/tls_observer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace rdpmedic {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

class Conversation {
  public:
    Conversation(const TlsTarget& target, const TlsHandshakeOptions& options) : options_(options) {
        facts_.target = target;
    }

    Result<TlsFacts> run() {
        const Result<bool> connected = connect();
        if (!connected)
            return connected.error();
        if (*connected)
            secure();
        sockets::hang_up(socket_);
        return facts_;
    }

  private:
    bool finished_by(Clock::time_point deadline) { return sockets::finish_by(deadline, io_, socket_); }

    // The first address that accepts; they share the time to connect, which begins once the name is looked up.
    // Otherwise `problem` speaks of the last.
    Result<bool> connect() {
        const Endpoint& endpoint = facts_.target.endpoint;
        auto* const lookup = options_.lookup ? options_.lookup : &resolve;
        const Resolved resolved = lookup(endpoint.host, endpoint.port, options_.resolve_timeout);
        const auto deadline = Clock::now() + options_.connect_timeout;
        facts_.problem = resolved.error;
        for (std::size_t at = 0; at < resolved.endpoints.size(); ++at) {
            const auto share = (deadline - Clock::now()) / static_cast<int>(resolved.endpoints.size() - at);
            error_code error;
            socket_ = tcp::socket(io_);
            socket_.open(resolved.endpoints[at].protocol(), error);
            if (error)
                return sockets::not_tried(error, "socket(" + sockets::text_of(resolved.endpoints[at]) + ")");
            facts_.address = resolved.endpoints[at].address().to_string();
            error = sockets::connect_by(Clock::now() + share, io_, socket_, resolved.endpoints[at]);
            if (!error) {
                facts_.problem.clear();
                return true;
            }
            facts_.problem = sockets::words(error);
        }
        return false;
    }

    void secure() {
        asio::ssl::context context = permissive_client();
        TlsObservation seen;
        asio::ssl::stream<tcp::socket&> stream(socket_, context);
        observe(stream.native_handle(), seen);
        if (!facts_.target.server_name.empty())
            SSL_set_tlsext_host_name(stream.native_handle(), facts_.target.server_name.c_str());
        error_code error;
        stream.async_handshake(asio::ssl::stream_base::client, [&error](const error_code& result) { error = result; });
        const bool in_time = finished_by(Clock::now() + options_.tls_timeout);
        facts_.alert = seen.fatal_alert;
        if (!in_time)
            facts_.problem = "TLS not complete within " + std::to_string(options_.tls_timeout.count()) + " ms";
        else if (error == asio::error::eof || error == asio::ssl::error::stream_truncated)
            facts_.problem = "the peer closed the connection during TLS";
        else if (error)
            facts_.problem = sockets::words(error);
        if (!facts_.problem.empty())
            return;
        facts_.chain = seen.chain;
        facts_.tls_version = SSL_get_version(stream.native_handle());
        if (const SSL_CIPHER* cipher = SSL_get_current_cipher(stream.native_handle()))
            facts_.cipher = SSL_CIPHER_standard_name(cipher);
        // A close_notify, so that the peer does not log a connection torn down.
        stream.async_shutdown([](const error_code&) {});
        finished_by(Clock::now() + options_.close_timeout);
    }

    const TlsHandshakeOptions options_;
    TlsFacts facts_;
    asio::io_context io_{1};
    tcp::socket socket_{io_};
};

} // namespace

Result<TlsFacts> tls_handshake(const TlsTarget& target, const TlsHandshakeOptions& options) {
    const std::string where =
        "tls_handshake(" + target.endpoint.host + ":" + std::to_string(target.endpoint.port) + ")";
    if (target.endpoint.host.empty() || target.endpoint.port == 0)
        return Error{Errc::malformed, 0, where};
    try {
        return Conversation(target, options).run();
    } catch (const std::exception& error) { // Asio without Winsock or epoll, OpenSSL without memory
        return Error{Errc::io, 0, where + ": " + error.what()};
    }
}

} // namespace rdpmedic
