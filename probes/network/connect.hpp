// Is there a connection, and is it one with somebody else?
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>

namespace rdpmedic::sockets {

// Runs what was started on `io` until it ends or the time is up; then `socket` is closed, which ends it. True: in time.
bool finish_by(std::chrono::steady_clock::time_point deadline, boost::asio::io_context& io,
               boost::asio::ip::tcp::socket& socket);

// Connects a socket that is open. timed_out: nobody answered by the deadline. connection_refused too where the socket
// has reached itself, as can happen where nobody listens on a port of the ephemeral range: that port may be chosen as
// the source port, and TCP then takes the two ends for a connection. After an error the socket is closed.
boost::system::error_code connect_by(std::chrono::steady_clock::time_point deadline, boost::asio::io_context& io,
                                     boost::asio::ip::tcp::socket& socket,
                                     const boost::asio::ip::tcp::endpoint& endpoint);

} // namespace rdpmedic::sockets
