// What is one connection to the server, from accept to close?
#pragma once

#include "api/authorise.hpp"
#include "api/desk_threads.hpp"
#include "api/handlers.hpp"
#include "api/limits.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <list>
#include <mutex>

namespace rdpmedic::api {

// The way back from other threads to the server's own, closed before that one goes.
class Mail {
  public:
    explicit Mail(boost::asio::io_context& io) : io_(&io) {}
    // Runs `parcel` on the server's thread, or drops it when there is none any more. Thread-safe.
    void deliver(std::function<void()> parcel);
    void close();

  private:
    std::mutex mutex_;
    boost::asio::io_context* io_;
};

// What the server knows about an open connection. The phase decides who may be hung up on.
struct Connection {
    // waiting: for a whole header, or for the TLS handshake; flushing: for the peer to take an answer
    enum class Phase { waiting, working, flushing, closing };
    using Clock = std::chrono::steady_clock;

    boost::asio::ip::tcp::socket socket;
    Phase phase = Phase::waiting;
    Clock::time_point deadline = Clock::time_point::max();
    Clock::time_point waiting_since = Clock::now(); // for the peer, while waiting or flushing
    std::string peer{};
    bool loopback = false;

    void close();
};

// All that sessions share. Everything in it belongs to the server's one thread.
struct Hall {
    Hall(Services given_services, const Limits& given_limits);

    Office office;
    Limits limits;
    TokenKeeper tokens;
    DeskThreads desk_threads, act_threads; // for who looks, and for who changes something
    std::list<Connection*> connections{};
    bool stopping = false;
    // The Date field, made once a second.
    Time dated{};
    std::string date{};
    std::shared_ptr<Mail> mail{};
    boost::asio::io_context io{1}; // last: it goes first, and takes the sessions with it
};

// Serve one connection until it ends. Errors of the peer end the session and nothing else.
boost::asio::awaitable<void> serve_plain(Hall& hall, boost::asio::ip::tcp::socket socket);
boost::asio::awaitable<void> serve_tls(Hall& hall, boost::asio::ip::tcp::socket socket,
                                       std::shared_ptr<boost::asio::ssl::context> tls);

} // namespace rdpmedic::api
