// Is there a connection, and is it one with somebody else?
#include "probes/network/connect.hpp"

#include <boost/asio/error.hpp>

namespace rdpmedic::sockets {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

bool reached_itself(const tcp::socket& socket) {
    error_code error;
    const tcp::endpoint local = socket.local_endpoint(error);
    return !error && local == socket.remote_endpoint(error) && !error;
}

} // namespace

bool finish_by(Clock::time_point deadline, asio::io_context& io, tcp::socket& socket) {
    io.restart();
    io.run_until(deadline);
    if (io.stopped())
        return true;
    error_code ignored;
    socket.close(ignored);
    io.run();
    return false;
}

error_code connect_by(Clock::time_point deadline, asio::io_context& io, tcp::socket& socket,
                      const tcp::endpoint& endpoint) {
    error_code error;
    socket.async_connect(endpoint, [&error](const error_code& result) { error = result; });
    if (!finish_by(deadline, io, socket))
        error = asio::error::timed_out;
    if (!error && reached_itself(socket))
        error = asio::error::connection_refused;
    error_code ignored;
    if (error)
        socket.close(ignored);
    return error;
}

} // namespace rdpmedic::sockets
