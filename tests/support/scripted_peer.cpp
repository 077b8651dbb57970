// A peer on loopback that says what a test tells it to, and ends the conversation the way the test wants.
#include "tests/support/scripted_peer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace rdpmedic::testing {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

} // namespace

struct ScriptedPeer::Play {
    std::vector<Step> script;
    Ending ending;
    asio::io_context io{1};
    tcp::acceptor acceptor{io};
    mutable std::mutex mutex;
    mutable std::condition_variable changed;
    Seen seen;
    int conversations = 0;
    std::thread thread;

    asio::awaitable<void> serve() {
        for (;;) {
            tcp::socket socket(io);
            const auto [error] = co_await acceptor.async_accept(socket, no_throw);
            if (error)
                co_return;
            boost::system::error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            Seen view;
            const auto client = socket.remote_endpoint(ignored);
            const std::string address = client.address().to_string();
            view.client =
                (client.address().is_v6() ? "[" + address + "]:" : address + ":") + std::to_string(client.port());
            bool usable = true;
            for (std::size_t at = 0; usable && at < script.size(); ++at) {
                if (std::holds_alternative<ReadSome>(script[at]))
                    usable = co_await read(socket, view);
                else if (const auto* send = std::get_if<Send>(&script[at]))
                    usable = co_await say(socket, *send);
                else if (const auto* tls = std::get_if<ServeTls>(&script[at]))
                    co_await secure(socket, *tls, view);
                else
                    usable = co_await secure_in_part(socket, std::get<ServeTlsPart>(script[at]), view);
            }
            co_await end(socket, view);
            const std::lock_guard lock(mutex);
            seen = view;
            ++conversations;
            changed.notify_all();
        }
    }

    asio::awaitable<bool> read(tcp::socket& socket, Seen& view) {
        std::array<std::uint8_t, 4096> chunk;
        const auto [error, size] = co_await socket.async_read_some(asio::buffer(chunk), no_throw);
        view.received.insert(view.received.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(size));
        co_return !error;
    }

    asio::awaitable<bool> say(tcp::socket& socket, const Send& send) {
        const std::size_t step = send.one_by_one ? 1 : std::max<std::size_t>(send.bytes.size(), 1);
        for (std::size_t at = 0; at < send.bytes.size(); at += step) {
            const auto [error, size] =
                co_await asio::async_write(socket, asio::buffer(send.bytes.data() + at, step), no_throw);
            if (error || size != step)
                co_return false;
        }
        co_return true;
    }

    static asio::ssl::context server_context(const MadeCertificate& identity, int version) {
        asio::ssl::context context(asio::ssl::context::tls_server);
        SSL_CTX_set_security_level(context.native_handle(), 0); // old versions are asked for on purpose
        SSL_CTX_set_min_proto_version(context.native_handle(), version);
        SSL_CTX_set_max_proto_version(context.native_handle(), version);
        context.use_certificate_chain(asio::buffer(identity.pem));
        context.use_private_key(asio::buffer(identity.key_pem), asio::ssl::context::pem);
        return context;
    }

    // OpenSSL writes its answer into memory, of which only the beginning is sent.
    asio::awaitable<bool> secure_in_part(tcp::socket& socket, const ServeTlsPart& part, Seen& view) {
        asio::ssl::context context = server_context(part.identity, part.version);
        const std::unique_ptr<SSL, decltype(&SSL_free)> server(SSL_new(context.native_handle()), SSL_free);
        BIO *heard = BIO_new(BIO_s_mem()), *said = BIO_new(BIO_s_mem());
        SSL_set_bio(server.get(), heard, said); // owns both from here on
        while (BIO_ctrl_pending(said) == 0) {
            std::array<std::uint8_t, 4096> chunk;
            const auto [error, size] = co_await socket.async_read_some(asio::buffer(chunk), no_throw);
            if (error)
                co_return false;
            BIO_write(heard, chunk.data(), static_cast<int>(size));
            SSL_accept(server.get());
        }
        Send answer{Bytes(BIO_ctrl_pending(said))};
        BIO_read(said, answer.bytes.data(), static_cast<int>(answer.bytes.size()));
        view.flight = answer.bytes.size();
        answer.bytes.resize(std::min(answer.bytes.size(), part.bytes));
        co_return co_await say(socket, answer);
    }

    asio::awaitable<void> secure(tcp::socket& socket, const ServeTls& tls, Seen& view) {
        asio::ssl::context context = server_context(tls.identity, tls.version);
        if (tls.ask_certificate)
            context.set_verify_mode(asio::ssl::verify_peer);
        if (tls.demand_certificate)
            context.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
        asio::ssl::stream<tcp::socket&> stream(socket, context);
        const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, no_throw);
        view.tls_complete = !error;
        if (error)
            co_return;
        if (const char* name = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name))
            view.server_name = name;
        std::array<std::uint8_t, 64> chunk;
        const auto [closed, size] = co_await stream.async_read_some(asio::buffer(chunk), no_throw);
        view.close_notify = closed == asio::error::eof; // Asio reports a connection cut without one as truncated
        if (tls.answer_close)
            co_await stream.async_shutdown(no_throw);
    }

    // A client that closes with bytes unread sends a reset right behind its FIN.
    asio::awaitable<bool> reset_follows(tcp::socket& socket) {
        asio::steady_timer moment(io, std::chrono::milliseconds{20});
        co_await moment.async_wait(no_throw);
        asio::detail::socket_option::integer<SOL_SOCKET, SO_ERROR> pending;
        boost::system::error_code error;
        socket.get_option(pending, error);
        co_return error || pending.value() != 0;
    }

    asio::awaitable<void> end(tcp::socket& socket, Seen& view) {
        if (ending == Ending::hang) {
            std::array<std::uint8_t, 4096> chunk;
            for (;;) {
                const auto [error, size] = co_await socket.async_read_some(asio::buffer(chunk), no_throw);
                view.clean_close = error == asio::error::eof;
                if (error)
                    break;
            }
            view.clean_close = view.clean_close && !co_await reset_follows(socket);
        }
        boost::system::error_code ignored;
        if (ending == Ending::reset)
            socket.set_option(asio::socket_base::linger(true, 0), ignored);
        if (ending == Ending::close)
            socket.shutdown(tcp::socket::shutdown_send, ignored);
        socket.close(ignored);
    }
};

ScriptedPeer::ScriptedPeer(std::vector<Step> script, Ending ending, bool ipv6) : play_(std::make_unique<Play>()) {
    play_->script = std::move(script);
    play_->ending = ending;
    const tcp::endpoint any(asio::ip::make_address(ipv6 ? "::1" : "127.0.0.1"), 0);
    play_->acceptor.open(any.protocol());
    play_->acceptor.bind(any);
    play_->acceptor.listen();
    asio::co_spawn(play_->io, play_->serve(), asio::detached);
    play_->thread = std::thread([play = play_.get()] { play->io.run(); });
}

ScriptedPeer::~ScriptedPeer() {
    play_->io.stop();
    play_->thread.join();
}

Endpoint ScriptedPeer::endpoint() const {
    const tcp::endpoint local = play_->acceptor.local_endpoint();
    return {local.address().to_string(), local.port()};
}

ScriptedPeer::Seen ScriptedPeer::after(int conversations) const {
    std::unique_lock lock(play_->mutex);
    if (!play_->changed.wait_for(lock, std::chrono::seconds{10}, [&] { return play_->conversations >= conversations; }))
        throw std::runtime_error("the scripted peer saw no " + std::to_string(conversations) + " conversations");
    return play_->seen;
}

std::uint16_t closed_port() {
    asio::io_context io;
    const tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    return acceptor.local_endpoint().port();
}

} // namespace rdpmedic::testing
