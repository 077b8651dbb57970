// How does the world ask rdpmedic?
#include "api/server.hpp"

#include "api/session.hpp"
#include "api/start_server.hpp"
#include "api/tls_keeper.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <future>
#include <thread>

namespace rdpmedic::api {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto as_value = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::milliseconds forced_end{300};
constexpr std::chrono::milliseconds farewell{50}; // for each kind of thread that blocks

#ifdef _WIN32
// Without it another program can bind the same port and take the requests, whatever reuse_address says:
// https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse
using PortClaim = asio::detail::socket_option::boolean<SOL_SOCKET, SO_EXCLUSIVEADDRUSE>;
#else
using PortClaim = asio::socket_base::reuse_address; // else a restart has to wait for old connections to time out
#endif

struct Door {
    tcp::acceptor acceptor;
    bool tls = false;
};

std::string label(const ListenSettings& listen) {
    const bool v6 = listen.address.find(':') != std::string::npos;
    return (v6 ? "[" + listen.address + "]" : listen.address) + ":" + std::to_string(listen.port);
}

Error listen_error(const boost::system::error_code& error, const ListenSettings& listen) {
    const bool denied = error == asio::error::access_denied;
    Error result{denied ? Errc::access_denied : Errc::io, static_cast<std::uint32_t>(error.value()),
                 "listening on " + label(listen)};
    result.where += port_in_use(result) ? " (the port is in use by another program)" : " (" + error.message() + ")";
    return result;
}

Result<tcp::endpoint> endpoint_of(const ListenSettings& listen) {
    boost::system::error_code error;
    const asio::ip::address address = asio::ip::make_address(listen.address, error);
    if (error)
        return Error{Errc::malformed, 0, "the address '" + listen.address + "' to listen on"};
    if (!address.is_loopback() && !listen.tls)
        return Error{Errc::unsupported, 0,
                     "listening on " + label(listen) +
                         " without TLS (only loopback addresses are served without it; set \"tls\": true there)"};
    return tcp::endpoint(address, listen.port);
}

Result<Door> open_door(asio::io_context& io, const ListenSettings& listen) {
    const Result<tcp::endpoint> endpoint = endpoint_of(listen);
    if (!endpoint)
        return endpoint.error();
    Door door{tcp::acceptor(io), listen.tls};
    boost::system::error_code error;
    door.acceptor.open(endpoint->protocol(), error);
    if (!error)
        door.acceptor.set_option(PortClaim(true), error);
    if (!error && endpoint->address().is_v6())
        door.acceptor.set_option(asio::ip::v6_only(true), error);
    if (!error)
        door.acceptor.bind(*endpoint, error);
    if (!error)
        door.acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
        return listen_error(error, listen);
    return door;
}

class AsioServer : public Server {
  public:
    AsioServer(Services services, const Limits& limits) : hall_(std::move(services), limits) {}
    AsioServer(const AsioServer&) = delete;
    AsioServer& operator=(const AsioServer&) = delete;
    ~AsioServer() override { AsioServer::stop(); }

    Result<> open();
    void stop() override;
    std::vector<std::uint16_t> ports() const override { return ports_; }

  private:
    asio::awaitable<void> receive(Door& door);
    asio::awaitable<void> watch_deadlines();
    void watch_certificate(Connection::Clock::time_point now);
    bool has_room();
    void begin_stop();
    void close_all();

    std::optional<TlsKeeper> tls_; // where one address is served over TLS
    Connection::Clock::time_point tls_looked_ = Connection::Clock::now();
    std::vector<std::uint16_t> ports_;
    std::mutex stop_mutex_;
    std::future<void> ended_;
    std::thread thread_;
    Hall hall_; // its sessions use what stands above
    std::list<Door> doors_;
    asio::steady_timer tick_{hall_.io};
};

Result<> AsioServer::open() {
    const Settings& settings = hall_.office.services.settings;
    if (settings.listen.empty())
        return Error{Errc::malformed, 0, "the configuration (no address to listen on)"};
    if (std::any_of(settings.listen.begin(), settings.listen.end(), [](const auto& one) { return one.tls; })) {
        tls_.emplace(settings, hall_.office.services.data_folder);
        if (Result<> ready = tls_->open(hall_.office.services.now()); !ready)
            return ready;
    }
    for (const ListenSettings& listen : settings.listen) {
        Result<Door> door = open_door(hall_.io, listen);
        if (!door)
            return door.error();
        boost::system::error_code error;
        ports_.push_back(door->acceptor.local_endpoint(error).port());
        doors_.push_back(*std::move(door));
    }
    for (Door& door : doors_)
        asio::co_spawn(hall_.io, receive(door), asio::detached);
    asio::co_spawn(hall_.io, watch_deadlines(), asio::detached);
    std::promise<void> ended;
    ended_ = ended.get_future();
    thread_ = std::thread([this, promise = std::move(ended)]() mutable {
        hall_.io.run();
        promise.set_value();
    });
    return {};
}

asio::awaitable<void> AsioServer::receive(Door& door) {
    for (;;) {
        auto [error, socket] = co_await door.acceptor.async_accept(as_value);
        if (hall_.stopping)
            co_return;
        if (error) { // out of descriptors, or the peer has gone already: neither ends the server
            asio::steady_timer pause(hall_.io, accept_pause);
            co_await pause.async_wait(as_value);
            if (hall_.stopping)
                co_return;
            continue;
        }
        if (!has_room())
            continue; // closes the socket
        if (door.tls)
            asio::co_spawn(hall_.io, serve_tls(hall_, std::move(socket), tls_->current()), asio::detached);
        else
            asio::co_spawn(hall_.io, serve_plain(hall_, std::move(socket)), asio::detached);
    }
}

// When all places are taken, the connection is hung up on that has kept us waiting longest, for a whole request or for
// its answer to be read: a peer that only holds places loses them to one that asks.
bool AsioServer::has_room() {
    std::size_t open = 0;
    Connection* longest = nullptr;
    for (Connection* connection : hall_.connections) {
        if (connection->phase == Connection::Phase::closing)
            continue;
        ++open;
        if (connection->phase == Connection::Phase::working)
            continue;
        if (longest == nullptr || connection->waiting_since < longest->waiting_since)
            longest = connection;
    }
    if (open < hall_.limits.connections)
        return true;
    if (longest == nullptr)
        return false;
    longest->close();
    return true;
}

asio::awaitable<void> AsioServer::watch_deadlines() {
    while (!hall_.stopping) {
        tick_.expires_after(hall_.limits.tick);
        co_await tick_.async_wait(as_value);
        const auto now = Connection::Clock::now();
        for (Connection* connection : hall_.connections)
            if (connection->deadline <= now)
                connection->close();
        watch_certificate(now);
    }
}

void AsioServer::watch_certificate(Connection::Clock::time_point now) {
    if (!tls_ || now - tls_looked_ < hall_.limits.tls_look)
        return;
    tls_looked_ = now;
    const Services& services = hall_.office.services;
    if (const std::optional<Result<>> news = tls_->look(services.now()))
        services.certificate_changed(*news);
}

void AsioServer::begin_stop() {
    hall_.stopping = true;
    tick_.cancel();
    boost::system::error_code ignored;
    for (Door& door : doors_)
        door.acceptor.close(ignored);
    for (Connection* connection : hall_.connections)
        if (connection->phase == Connection::Phase::waiting)
            connection->close();
}

void AsioServer::close_all() {
    for (Connection* connection : hall_.connections)
        connection->close();
}

void AsioServer::stop() {
    const std::lock_guard lock(stop_mutex_);
    if (!thread_.joinable())
        return;
    asio::post(hall_.io, [this] { begin_stop(); });
    // The thread ends by itself once no session is left.
    if (ended_.wait_for(hall_.limits.stop) != std::future_status::ready) {
        asio::post(hall_.io, [this] { close_all(); });
        ended_.wait_for(forced_end);
        hall_.io.stop();
    }
    thread_.join();
    hall_.mail->close();
    hall_.desk_threads.leave(farewell);
    hall_.act_threads.leave(farewell);
    hall_.office.plans.leave(farewell);
}

} // namespace

Result<std::unique_ptr<Server>> start_server(Services services, const Limits& limits) {
    auto server = std::make_unique<AsioServer>(std::move(services), limits);
    if (const Result<> opened = server->open(); !opened)
        return opened.error();
    return std::unique_ptr<Server>(std::move(server));
}

Result<std::unique_ptr<Server>> Server::start(Services services) { return start_server(std::move(services), Limits{}); }

bool port_in_use(const Error& error) { return error.native == static_cast<std::uint32_t>(asio::error::address_in_use); }

} // namespace rdpmedic::api
