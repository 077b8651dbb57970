// How does a caller hear what happens, for as long as it listens?
#include "api/event_stream.hpp"

#include "api/render_history.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rdpmedic::api {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto as_value = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t items_at_once = 64;

// Whether the peer has hung up or sent more: there is nothing that it could still want of this connection.
bool has_moved_on(tcp::socket& socket) {
    boost::system::error_code error;
    char byte = 0;
    socket.non_blocking(true, error);
    if (!error)
        socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
    return error != asio::error::would_block && error != asio::error::try_again;
}

// Reads the feed on behalf of one listener.
class Reader {
  public:
    Reader(const Services& services, EventStream wanted) : services_(services), wanted_(std::move(wanted)) {}

    // Before the news are read: a job tells its end first and is seen as ended afterwards.
    bool job_has_ended() const {
        if (wanted_.job.empty())
            return false;
        const std::optional<Job> job = services_.repairs.job(wanted_.job);
        return !job || job->outcome != Outcome::running;
    }

    // The next events as they go out; `more` says that others wait.
    std::string read(bool& more) {
        const Feed::News news = services_.feed->after(wanted_.after, items_at_once);
        std::string text = news.gap ? stream_gap() : std::string();
        for (const auto& item : news.items) {
            wanted_.after = item->id;
            if (wanted_.job.empty() || item->job == wanted_.job)
                text += to_event(*item);
        }
        if (news.items.empty() && news.gap) // an id of another process, and nothing has happened in this one
            wanted_.after = services_.feed->newest();
        more = news.items.size() == items_at_once;
        return text;
    }

  private:
    const Services& services_;
    EventStream wanted_;
};

} // namespace

Response stream_header() {
    Response header = respond(200, "text/event-stream", "");
    header.open_ended = true;
    return header;
}

asio::awaitable<void> stream_events(Hall& hall, Connection& connection, EventStream wanted, WriteOut write) {
    Reader reader(hall.office.services, std::move(wanted));
    asio::steady_timer pause(hall.io);
    std::string text = stream_greeting();
    auto spoke = Connection::Clock::now();
    for (;;) {
        const bool ended = reader.job_has_ended();
        bool more = false;
        text += reader.read(more);
        if (text.empty() && Connection::Clock::now() - spoke >= hall.limits.stream_silence)
            text = ":\n\n";
        if (!text.empty()) {
            const bool taken = co_await write(text);
            if (!taken)
                co_return;
            text.clear();
            connection.deadline = Connection::Clock::time_point::max();
            spoke = Connection::Clock::now();
        }
        if (hall.stopping || has_moved_on(connection.socket))
            co_return;
        if (more)
            continue;
        if (ended)
            co_return;
        pause.expires_after(hall.limits.stream_poll);
        co_await pause.async_wait(as_value);
    }
}

} // namespace rdpmedic::api
