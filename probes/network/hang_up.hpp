// How is a connection closed so that the peer sees an end and no reset?
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>

namespace rdpmedic::sockets {

// Says goodbye and closes; does not wait. Bytes that nobody has read would turn the end into a reset, which leaves
// errors in the peer's event log.
inline void hang_up(boost::asio::ip::tcp::socket& socket) {
    boost::system::error_code ignored;
    if (!socket.is_open())
        return;
    socket.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    constexpr std::size_t enough = 65536;
    std::array<std::uint8_t, 4096> chunk;
    boost::system::error_code error;
    socket.non_blocking(true, error);
    for (std::size_t drained = 0; !error && drained < enough;)
        drained += socket.read_some(boost::asio::buffer(chunk), error);
    socket.close(ignored);
}

} // namespace rdpmedic::sockets
