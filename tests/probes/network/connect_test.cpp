// Is a connection with nobody told from one with a peer?
#include "probes/network/connect.hpp"

#include "tests/support/scripted_peer.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using boost::asio::ip::tcp;

namespace {

std::chrono::steady_clock::time_point soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{5}; }

tcp::endpoint loopback(std::uint16_t port) { return {boost::asio::ip::address_v4::loopback(), port}; }

} // namespace

TEST_CASE("a socket that reaches itself is refused: nobody listens there") {
    boost::asio::io_context io;
    tcp::socket socket(io, tcp::v4());
    socket.bind(loopback(0)); // as the system may choose the port that is asked for
    CHECK(sockets::connect_by(soon(), io, socket, socket.local_endpoint()) == boost::asio::error::connection_refused);
    CHECK_FALSE(socket.is_open());
}

TEST_CASE("a socket that reaches a peer is connected") {
    ScriptedPeer peer({}, Ending::close);
    boost::asio::io_context io;
    tcp::socket socket(io, tcp::v4());
    CHECK_FALSE(sockets::connect_by(soon(), io, socket, loopback(peer.endpoint().port)));
    CHECK(socket.is_open());
}

TEST_CASE("nobody who answers in time is a time-out") {
    // A listener whose queue is full drops further requests, as a firewall would.
    boost::asio::io_context io, queue;
    tcp::acceptor full(queue, tcp::v4());
    full.bind(loopback(0));
    full.listen(0);
    std::vector<tcp::socket> waiting;
    for (int count = 0; count < 8; ++count) {
        waiting.emplace_back(queue, tcp::v4());
        waiting.back().async_connect(full.local_endpoint(), [](const boost::system::error_code&) {});
    }
    tcp::socket socket(io, tcp::v4());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{200};
    const auto error = sockets::connect_by(deadline, io, socket, full.local_endpoint());
    CHECK((error == boost::asio::error::timed_out || error == boost::asio::error::connection_refused)); // Windows
    CHECK_FALSE(socket.is_open());
}
