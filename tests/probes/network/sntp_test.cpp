// Is a time server asked once, believed when it answers the question, and given up in time?
#include "probes/network/sntp.hpp"

#include "probes/formats/sntp.hpp"

#include <catch2/catch.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <thread>

using namespace rdpmedic;
using boost::asio::ip::udp;
using std::chrono::milliseconds;

namespace {

using Datagrams = std::vector<Bytes>;

// Waits for one question on loopback and answers it with what `make` makes of it.
class TimeServer {
  public:
    explicit TimeServer(std::function<Datagrams(const Bytes& question)> make)
        : thread_([this, make = std::move(make)] { serve(make); }) {}
    ~TimeServer() {
        boost::system::error_code ignored;
        // A datagram of no bytes ends the wait of a server that nobody asked.
        udp::socket(io_, udp::v4()).send_to(boost::asio::const_buffer(), socket_.local_endpoint(), 0, ignored);
        thread_.join();
    }
    std::uint16_t port() const { return socket_.local_endpoint().port(); }
    const Bytes& question() { return question_; }

  private:
    void serve(const std::function<Datagrams(const Bytes&)>& make) {
        Bytes buffer(512);
        udp::endpoint client;
        boost::system::error_code error;
        buffer.resize(socket_.receive_from(boost::asio::buffer(buffer), client, 0, error));
        question_ = buffer;
        if (buffer.empty())
            return;
        for (const Bytes& datagram : make(buffer))
            socket_.send_to(boost::asio::buffer(datagram), client, 0, error);
    }

    boost::asio::io_context io_;
    udp::socket socket_{io_, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
    Bytes question_;
    std::thread thread_;
};

// What a server whose clock is `ahead` of ours answers.
Bytes answer(const Bytes& question, std::chrono::seconds ahead) {
    Bytes packet = sntp::request(sntp::stamp_of(std::chrono::system_clock::now() + ahead));
    packet[0] = 0x24;
    packet[1] = 2;
    std::copy(question.begin() + 40, question.begin() + 48, packet.begin() + 24);
    std::copy(packet.begin() + 40, packet.begin() + 48, packet.begin() + 32);
    return packet;
}

Bytes kiss(const Bytes& question) {
    Bytes packet = answer(question, {});
    packet[1] = 0;
    packet[12] = 'D', packet[13] = 'E', packet[14] = 'N', packet[15] = 'Y';
    return packet;
}

SntpOptions patient(const TimeServer& server) { return {server.port(), milliseconds{10'000}}; }
// For servers that never answer: the test waits this long and no longer.
SntpOptions brief(const TimeServer& server) { return {server.port(), milliseconds{200}}; }

} // namespace

TEST_CASE("the offset is that of the server's clock, and the question is an SNTP request") {
    TimeServer server([](const Bytes& question) { return Datagrams{answer(question, std::chrono::seconds{3600})}; });
    const auto offset = sntp_clock_offset("127.0.0.1", patient(server));
    if (!offset)
        FAIL(describe(offset.error()));
    CHECK(offset->server == "127.0.0.1");
    CHECK(offset->stratum == 2);
    // Both ends share one clock, so what is beyond the hour is the time of the way.
    CHECK(std::chrono::abs(offset->offset - std::chrono::hours{1}) <= milliseconds{10'000});
    CHECK(offset->round_trip < milliseconds{10'000});
    CHECK(server.question().size() == 48);
    CHECK(server.question().at(0) == 0x23);
}

TEST_CASE("rubbish and answers to other questions are passed over until the answer comes") {
    TimeServer server([](const Bytes& question) {
        Bytes other = answer(question, std::chrono::seconds{-60});
        other[24] ^= 1;
        return Datagrams{
            {}, {1, 2, 3}, Bytes(48, 0xFF), Bytes(500, 0x24), other, answer(question, std::chrono::seconds{60})};
    });
    const auto offset = sntp_clock_offset("localhost", patient(server));
    if (!offset)
        FAIL(describe(offset.error()));
    CHECK(offset->offset > milliseconds{0});
}

TEST_CASE("a server that gives no time is an error that says why") {
    SECTION("it is silent") {
        TimeServer server([](const Bytes&) { return Datagrams{}; });
        const auto offset = sntp_clock_offset("127.0.0.1", brief(server));
        REQUIRE(offset.has_error());
        CHECK(offset.error().code == Errc::timed_out);
    }
    SECTION("it talks rubbish") {
        TimeServer server([](const Bytes&) { return Datagrams{{1, 2, 3}}; });
        const auto offset = sntp_clock_offset("127.0.0.1", brief(server));
        REQUIRE(offset.has_error());
        CHECK(offset.error().code == Errc::malformed);
    }
    SECTION("it refuses") {
        TimeServer server([](const Bytes& question) { return Datagrams{kiss(question)}; });
        const auto offset = sntp_clock_offset("127.0.0.1", patient(server));
        REQUIRE(offset.has_error());
        CHECK(offset.error().code == Errc::unsupported);
        CHECK(offset.error().where.find("DENY") != std::string::npos);
    }
}

TEST_CASE("a port on which nothing listens, a name without an address and no name are errors") {
    std::uint16_t free_port = 0;
    {
        boost::asio::io_context io;
        free_port = udp::socket(io, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0)).local_endpoint().port();
    }
    const auto closed = sntp_clock_offset("127.0.0.1", {free_port, milliseconds{2000}});
    REQUIRE(closed.has_error());
    CHECK((closed.error().code == Errc::io || closed.error().code == Errc::timed_out)); // without ICMP it is silence
    const auto nameless = sntp_clock_offset("no such name.invalid", {123, milliseconds{2000}});
    REQUIRE(nameless.has_error());
    CHECK(nameless.error().code == Errc::not_found);
    CHECK(sntp_clock_offset("").error().code == Errc::malformed);
    CHECK(sntp_clock_offset("127.0.0.1", {0, milliseconds{1}}).error().code == Errc::malformed);
}
