// Is an answer about the time told from everything that is none?
#include "probes/formats/sntp.hpp"

#include "probes/hex.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::sntp;
using std::chrono::milliseconds;

namespace {

constexpr Stamp second = Stamp{1} << 32U;
constexpr Stamp sent = 0xE9000000'40000000;

void put(Bytes& packet, std::size_t at, Stamp stamp) {
    for (int shift = 56; shift >= 0; shift -= 8)
        packet[at++] = static_cast<std::uint8_t>(stamp >> shift);
}

// Version 4, server, stratum 3, half a second ahead, answered within a quarter.
Bytes answer() {
    Bytes packet(48);
    packet[0] = 0x24;
    packet[1] = 3;
    put(packet, 24, sent);
    put(packet, 32, sent + second / 2);
    put(packet, 40, sent + second / 2 + second / 4);
    return packet;
}

} // namespace

TEST_CASE("a request is what RFC 4330 wants: version 4, client, and nothing but the time") {
    CHECK(to_hex(request(0x0102030405060708)) == "23" + std::string(78, '0') + "0102030405060708");
}

TEST_CASE("times count from 1900, with their fraction") {
    using namespace std::chrono;
    const system_clock::time_point epoch{};
    CHECK(stamp_of(epoch) == Stamp{2'208'988'800} << 32U);
    CHECK(stamp_of(epoch + milliseconds{1500}) == ((Stamp{2'208'988'801} << 32U) | 0x80000000U));
    CHECK(stamp_of(epoch - milliseconds{500}) == ((Stamp{2'208'988'799} << 32U) | 0x80000000U));
    // The seconds begin anew on 7 February 2036.
    CHECK(stamp_of(sys_days{year{2036} / 2 / 7} + hours{6} + minutes{28} + seconds{16}) == 0);
}

TEST_CASE("an answer gives the two times of the server") {
    const auto reply = parse_reply(answer(), sent);
    REQUIRE(reply.has_value());
    CHECK(reply->stratum == 3);
    CHECK(reply->received == sent + second / 2);
    CHECK(reply->answered == sent + second / 2 + second / 4);
    Bytes with_digest = answer(); // authentication behind the packet is passed over
    with_digest.resize(68);
    CHECK(parse_reply(with_digest, sent).has_value());
}

TEST_CASE("what is no answer to the question is malformed, what is no time is unsupported") {
    Bytes packet = answer();
    Errc expected = Errc::malformed;
    std::string word;
    SECTION("nothing") { packet.clear(); }
    SECTION("too short") { packet.pop_back(); }
    SECTION("from a client") { packet[0] = 0x23; }
    SECTION("a broadcast") { packet[0] = 0x25; }
    SECTION("to another question") { put(packet, 24, sent + 1); }
    SECTION("to no question") { put(packet, 24, 0); }
    SECTION("an unknown stratum") { packet[1] = 16; }
    SECTION("without the time of arrival") { put(packet, 32, 0); }
    SECTION("without the time of leaving") { put(packet, 40, 0); }
    SECTION("a kiss of death") {
        packet[1] = 0;
        packet[12] = 'R', packet[13] = 'A', packet[14] = 'T', packet[15] = 'E';
        expected = Errc::unsupported;
        word = "RATE";
    }
    SECTION("stratum 0 without a reason") {
        packet[1] = 0;
        expected = Errc::unsupported;
        word = "not set";
    }
    SECTION("a clock that is not set") {
        packet[0] = 0xE4;
        expected = Errc::unsupported;
        word = "not set";
    }
    const auto reply = parse_reply(packet, sent);
    REQUIRE(reply.has_error());
    CHECK(reply.error().code == expected);
    CHECK(reply.error().where.find(word) != std::string::npos);
}

TEST_CASE("both clocks are compared as RFC 4330 does, in both directions and across 2036") {
    struct Row {
        const char* what;
        Stamp sent, received, answered, arrived;
        int offset, round_trip;
    };
    const Stamp day = 86'400 * second;
    const Row row = GENERATE(values<Row>({
        {"the same", sent, sent, sent, sent, 0, 0},
        {"ahead", sent, sent + second, sent + second, sent, 1000, 0},
        {"behind by a day", sent, sent - day, sent - day, sent, -86'400'000, 0},
        {"the way counts half each", sent, sent + second, sent + second, sent + 2 * second, 0, 2000},
        {"time inside the server does not count", sent, sent, sent + second, sent + second, 0, 0},
        {"across 2036", ~Stamp{0} - second + 1, second, second, ~Stamp{0} - second + 1, 2000, 0},
        {"a server that goes backwards", sent, sent + second, sent, sent, 500, 1000},
        {"a clock that was set back meanwhile", sent, sent, sent, sent - second, 500, 0},
    }));
    INFO(row.what);
    const Comparison result = compare(row.sent, {3, row.received, row.answered}, row.arrived);
    CHECK(result.offset == milliseconds{row.offset});
    CHECK(result.round_trip == milliseconds{row.round_trip});
}

TEST_CASE("clocks that are as far apart as can be said are compared without an overflow") {
    const Stamp far = Stamp{1} << 63U;
    CHECK(std::chrono::abs(compare(0, {1, far - 1, far - 1}, 0).offset) > std::chrono::hours{24 * 365 * 68});
    CHECK(std::chrono::abs(compare(0, {1, far, far}, 0).offset) > std::chrono::hours{24 * 365 * 68});
}
