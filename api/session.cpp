// What is one connection to the server, from accept to close?
#include "api/session.hpp"

#include "api/admission.hpp"
#include "api/event_stream.hpp"
#include "api/request_reader.hpp"
#include "api/response_writer.hpp"
#include "api/settle.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstring>

namespace rdpmedic::api {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto as_value = asio::as_tuple(asio::use_awaitable);
// More than the largest header, so that a header which is not complete in a full buffer is too large.
constexpr std::size_t buffer_size = 16 * 1024;
constexpr std::size_t linger_bytes = 1 << 20;

using TlsStream = asio::ssl::stream<tcp::socket&>;

// Enters itself in the hall's list for as long as it lives, also when the whole server goes.
class Entry {
  public:
    Entry(Hall& hall, Connection& connection)
        : hall_(hall), place_(hall.connections.insert(hall.connections.end(), &connection)) {}
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() { hall_.connections.erase(place_); }

  private:
    Hall& hall_;
    std::list<Connection*>::iterator place_;
};

template <class Stream>
class Session {
  public:
    Session(Hall& hall, Connection& connection, Stream& stream)
        : hall_(hall), connection_(connection), stream_(stream), reader_(hall.limits.header_bytes) {}

    // GCC 12 breaks a co_await in the condition of a loop; hence the values with names, here and below.
    asio::awaitable<void> run() {
        for (;;) {
            const bool more = co_await one_request();
            if (!more)
                co_return;
        }
    }

  private:
    using Clock = Connection::Clock;

    // Reads and answers one request. False when the connection is to end.
    asio::awaitable<bool> one_request() {
        reader_.next();
        connection_.phase = Connection::Phase::waiting;
        connection_.waiting_since = Clock::now();
        const bool heard = co_await read_header();
        if (!heard)
            co_return false;
        began_ = Clock::now();
        const Time now = hall_.office.services.now();
        if (reader_.state() == RequestReader::State::failed)
            co_return co_await refuse_unread(now);
        Admission admission = admit(reader_.request(), connection_.loopback, hall_.tokens, now);
        if (admission.refusal)
            co_return co_await refuse(*admission.refusal, admission.caller, now);
        reader_.accept_body(admission.route->body_limit);
        const bool whole = co_await read_body();
        if (!whole)
            co_return false;
        if (reader_.state() == RequestReader::State::failed)
            co_return co_await refuse_unread(now);
        connection_.phase = Connection::Phase::working;
        const Call call{
            reader_.request(), admission.parameter, hall_.office, now, {admission.caller, connection_.peer}};
        if (admission.with_token)
            hall_.office.services.repairs.heard_from(call.caller);
        Reply reply = guarded([&] { return admission.route->handle(call); });
        if (EventStream* wanted = std::get_if<EventStream>(&reply))
            co_return co_await stream(std::move(*wanted), admission.caller, now);
        if (!std::holds_alternative<Response>(reply))
            reply = co_await settled(std::move(reply));
        const bool keep = reader_.request().keep_alive && !hall_.stopping;
        answer(std::get<Response>(reply), keep, admission.caller, now);
        if (keep && wire_.size() < hall_.limits.pipelined_bytes)
            co_return true;
        const bool flushed = co_await flush();
        co_return flushed&& keep;
    }

    asio::awaitable<bool> read_header() {
        while (reader_.state() == RequestReader::State::header) {
            if (filled() > 0) {
                if (!reader_.started())
                    request_deadline_ = Clock::now() + hall_.limits.request;
                taken_ += reader_.take({buffer_.data() + taken_, filled()});
                if (reader_.state() != RequestReader::State::header)
                    break;
            }
            // What has been answered goes out before anything is waited for.
            if (!wire_.empty()) {
                const bool flushed = co_await flush();
                if (!flushed)
                    co_return false;
            }
            connection_.deadline = reader_.started() ? request_deadline_ : Clock::now() + hall_.limits.idle;
            if (hall_.stopping)
                co_return false;
            const bool filled_more = co_await fill();
            if (!filled_more)
                co_return false;
        }
        co_return true;
    }

    asio::awaitable<bool> read_body() {
        if (reader_.state() != RequestReader::State::body)
            co_return true;
        if (!reader_.request().expect.empty() && filled() == 0)
            wire_ += "HTTP/1.1 100 Continue\r\n\r\n";
        while (reader_.state() == RequestReader::State::body) {
            taken_ += reader_.take({buffer_.data() + taken_, filled()});
            if (reader_.state() != RequestReader::State::body)
                break;
            if (!wire_.empty()) {
                const bool flushed = co_await flush();
                if (!flushed)
                    co_return false;
            }
            connection_.deadline = request_deadline_;
            const bool filled_more = co_await fill();
            if (!filled_more)
                co_return false;
        }
        co_return true;
    }

    // The connection ends with the stream.
    asio::awaitable<bool> stream(EventStream wanted, std::string caller, Time now) {
        answer(stream_header(), false, caller, now);
        const bool flushed = co_await flush();
        if (!flushed || reader_.request().method == Method::head)
            co_return false;
        const WriteOut write = [this](std::string text) {
            wire_ = std::move(text);
            return flush();
        };
        co_await stream_events(hall_, connection_, std::move(wanted), write);
        co_return false;
    }

    asio::awaitable<Reply> settled(Reply reply) {
        if (!wire_.empty())
            co_await flush();
        connection_.deadline = Clock::time_point::max(); // what is waited for has a limit of its own
        Response response = co_await settle(hall_, std::move(reply));
        co_return response;
    }

    // The answer to bytes that are no request, or to a body that is too large.
    asio::awaitable<bool> refuse_unread(Time now) {
        const std::string_view kind = reader_.status() == 431   ? "header-too-large"
                                      : reader_.status() == 413 ? "body-too-large"
                                                                : "bad-request";
        const Response response = respond(Problem{reader_.status(), kind, reader_.problem()});
        const std::string nobody;
        co_return co_await refuse(response, nobody, now);
    }

    // Answers and hangs up: what follows in the stream is not read as a request.
    asio::awaitable<bool> refuse(const Response& response, const std::string& caller, Time now) {
        connection_.phase = Connection::Phase::working;
        answer(response, false, caller, now);
        const bool flushed = co_await flush();
        if (flushed && (reader_.state() != RequestReader::State::complete || filled() > 0))
            co_await linger();
        co_return false;
    }

    void answer(const Response& response, bool keep, const std::string& caller, Time now) {
        if (now != hall_.dated || hall_.date.empty()) {
            hall_.dated = now;
            hall_.date = to_http_date(now);
        }
        const Request& request = reader_.request();
        append(wire_, response, {request.method == Method::head, keep, request.old_http, hall_.date});
        hall_.office.counters->answered(response.status);
        if (!hall_.office.services.log)
            return;
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
        hall_.office.services.log({std::string(request.method_name), std::string(request.path), caller,
                                   connection_.peer, response.status, took});
    }

    asio::awaitable<bool> flush() {
        connection_.deadline = Clock::now() + hall_.limits.response;
        const bool worked = connection_.phase == Connection::Phase::working;
        if (worked) {
            connection_.phase = Connection::Phase::flushing;
            connection_.waiting_since = Clock::now();
        }
        const auto [error, written] = co_await asio::async_write(stream_, asio::buffer(wire_), as_value);
        if (worked && connection_.phase == Connection::Phase::flushing) // else it has been closed meanwhile
            connection_.phase = Connection::Phase::working;
        wire_.clear();
        co_return !error;
    }

    // More bytes behind those that wait. False when the peer has hung up, or the deadline has.
    asio::awaitable<bool> fill() {
        if (taken_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + taken_, filled());
            end_ -= taken_;
            taken_ = 0;
        }
        if (end_ == buffer_.size())
            co_return false;
        const auto [error, count] =
            co_await stream_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_), as_value);
        end_ += count;
        co_return !error;
    }

    // Closing with unread bytes makes the system reset the connection, and the peer may lose the answer: so they are
    // read and dropped for a while after the sending side is shut.
    asio::awaitable<void> linger() {
        connection_.deadline = Clock::now() + hall_.limits.linger;
        connection_.phase = Connection::Phase::waiting;
        if constexpr (std::is_same_v<Stream, tcp::socket>) {
            boost::system::error_code ignored;
            stream_.shutdown(tcp::socket::shutdown_send, ignored);
        }
        for (std::size_t dropped = 0; dropped < linger_bytes;) {
            const auto [error, count] = co_await stream_.async_read_some(asio::buffer(buffer_), as_value);
            if (error || hall_.stopping)
                break;
            dropped += count;
        }
    }

    std::size_t filled() const { return end_ - taken_; }

    Hall& hall_;
    Connection& connection_;
    Stream& stream_;
    RequestReader reader_;
    std::array<char, buffer_size> buffer_{};
    std::size_t taken_ = 0, end_ = 0;
    std::string wire_;
    Clock::time_point began_{}, request_deadline_{};
};

// An address such as ::ffff:127.0.0.1 is the IPv4 address in it.
asio::ip::address plain_address(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address;
}

void note_peer(Connection& connection) {
    boost::system::error_code error;
    const tcp::endpoint peer = connection.socket.remote_endpoint(error);
    if (error)
        return; // gone already: what is read next says so
    const asio::ip::address address = plain_address(peer.address());
    connection.peer = address.to_string();
    connection.loopback = address.is_loopback();
    connection.socket.set_option(tcp::no_delay(true), error);
}

} // namespace

void Mail::deliver(std::function<void()> parcel) {
    const std::lock_guard lock(mutex_);
    if (io_ != nullptr)
        asio::post(*io_, std::move(parcel));
}

void Mail::close() {
    const std::lock_guard lock(mutex_);
    io_ = nullptr;
}

void Connection::close() {
    boost::system::error_code ignored;
    phase = Phase::closing;
    deadline = Clock::time_point::max();
    // Closing alone leaves a send that waits for a peer who does not read pending forever under Wine, and the peer
    // connected.
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    socket.cancel(ignored);
    socket.close(ignored);
}

Hall::Hall(Services given_services, const Limits& given_limits)
    : office(std::move(given_services), given_limits), limits(given_limits),
      tokens(office.services.data_folder / "tokens.json"), desk_threads(limits.desk_threads, limits.desk_queue),
      act_threads(limits.act_threads, limits.act_queue) {
    mail = std::make_shared<Mail>(io);
}

asio::awaitable<void> serve_plain(Hall& hall, tcp::socket socket) {
    Connection connection{std::move(socket)};
    const Entry entry(hall, connection);
    note_peer(connection);
    Session session(hall, connection, connection.socket);
    co_await session.run();
}

asio::awaitable<void> serve_tls(Hall& hall, tcp::socket socket, std::shared_ptr<asio::ssl::context> tls) {
    Connection connection{std::move(socket)};
    const Entry entry(hall, connection);
    note_peer(connection);
    TlsStream stream(connection.socket, *tls);
    connection.deadline = Connection::Clock::now() + hall.limits.tls_handshake;
    const auto [error] = co_await stream.async_handshake(TlsStream::server, as_value);
    if (error)
        co_return;
    Session session(hall, connection, stream);
    co_await session.run();
    if (connection.phase == Connection::Phase::closing)
        co_return;
    connection.phase = Connection::Phase::waiting;
    connection.deadline = Connection::Clock::now() + hall.limits.linger;
    co_await stream.async_shutdown(as_value);
}

} // namespace rdpmedic::api
