// How far apart are the clocks of this machine and another?
#include "probes/network/sntp.hpp"

#include "probes/formats/sntp.hpp"
#include "probes/network/resolve.hpp"
#include "probes/network/socket_errors.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>

namespace rdpmedic {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

sntp::Stamp stamp_now() { return sntp::stamp_of(std::chrono::system_clock::now()); }

// One question to one address.
class Question {
  public:
    Question(std::string server, udp::endpoint endpoint) : server_(std::move(server)), endpoint_(std::move(endpoint)) {}

    Result<ClockOffset> ask(Clock::time_point deadline) {
        error_code error;
        socket_.open(endpoint_.protocol(), error);
        if (error)
            return sockets::not_tried(error, where());
        // Connected: datagrams of others do not arrive, and "port unreachable" does.
        socket_.connect(endpoint_, error);
        const sntp::Stamp sent = stamp_now();
        if (!error)
            socket_.send(asio::buffer(sntp::request(sent)), 0, error);
        if (error)
            return failed(error);
        return listen(sent, deadline);
    }

  private:
    std::string where() const { return "SNTP " + server_ + " (" + endpoint_.address().to_string() + ")"; }
    Error failed(const error_code& error) const {
        if (sockets::is_reset(error) || error == asio::error::connection_refused)
            return {Errc::io, 0, where() + ": nothing answers on the port"};
        return {Errc::io, 0, where() + ": " + sockets::words(error)};
    }

    Result<ClockOffset> listen(sntp::Stamp sent, Clock::time_point deadline) {
        Error rubbish{Errc::timed_out, 0, where()};
        std::array<std::uint8_t, 512> buffer;
        while (true) {
            error_code error;
            std::size_t size = 0;
            socket_.async_receive(asio::buffer(buffer), [&](const error_code& result, std::size_t count) {
                error = result;
                size = count;
            });
            io_.restart();
            io_.run_until(deadline);
            if (!io_.stopped()) {
                error_code ignored;
                socket_.close(ignored);
                io_.run();
                return rubbish;
            }
            const sntp::Stamp arrived = stamp_now();
            if (error == asio::error::message_size)
                continue;
            if (error)
                return failed(error);
            const auto reply = sntp::parse_reply(std::span(buffer).first(size), sent);
            if (reply) {
                const auto [offset, round_trip] = sntp::compare(sent, *reply, arrived);
                return ClockOffset{server_, offset, round_trip, reply->stratum};
            }
            rubbish = {reply.error().code, 0, where() + ": " + reply.error().where};
            if (rubbish.code == Errc::unsupported)
                return rubbish;
        }
    }

    std::string server_;
    udp::endpoint endpoint_;
    asio::io_context io_{1};
    udp::socket socket_{io_};
};

} // namespace

Result<ClockOffset> sntp_clock_offset(const std::string& server, const SntpOptions& options) {
    if (server.empty() || options.port == 0)
        return Error{Errc::malformed, 0, "SNTP: no server"};
    try {
        const auto deadline = Clock::now() + options.timeout;
        const Resolved resolved = resolve(server, options.port, options.timeout / 2);
        if (resolved.endpoints.empty())
            return Error{Errc::not_found, 0, "SNTP " + server + ": " + resolved.error};
        Result<ClockOffset> answer = Error{Errc::timed_out, 0, "SNTP " + server};
        for (std::size_t at = 0; at < resolved.endpoints.size() && !answer; ++at) {
            const auto share = (deadline - Clock::now()) / static_cast<int>(resolved.endpoints.size() - at);
            answer = Question(server, {resolved.endpoints[at].address(), options.port}).ask(Clock::now() + share);
        }
        return answer;
    } catch (const std::exception& error) { // Asio without Winsock or epoll
        return Error{Errc::io, 0, "SNTP " + server + ": " + error.what()};
    }
}

} // namespace rdpmedic
