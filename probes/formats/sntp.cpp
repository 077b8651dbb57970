// What is asked and answered over SNTP, RFC 4330?
#include "probes/formats/sntp.hpp"

#include <cmath>

namespace rdpmedic::sntp {
namespace {

constexpr std::size_t packet_size = 48;
constexpr std::uint8_t client_of_version_4 = 4 << 3 | 3;
constexpr int mode_server = 4;
constexpr std::size_t at_origin = 24, at_receive = 32, at_transmit = 40;

void write(Bytes& packet, std::size_t at, Stamp stamp) {
    for (int shift = 56; shift >= 0; shift -= 8)
        packet[at++] = static_cast<std::uint8_t>(stamp >> shift);
}

Stamp read(std::span<const std::uint8_t> packet, std::size_t at) {
    Stamp stamp = 0;
    for (std::size_t i = 0; i < 8; ++i)
        stamp = stamp << 8 | packet[at + i];
    return stamp;
}

Error malformed(const char* what) { return {Errc::malformed, 0, std::string("SNTP answer: ") + what}; }

// A "kiss of death" names its reason in four letters: RATE, DENY. Section 8.
Error no_time(std::span<const std::uint8_t> packet) {
    std::string reason;
    for (const std::uint8_t byte : packet.subspan(12, 4))
        if (byte >= 'A' && byte <= 'Z')
            reason += static_cast<char>(byte);
    return {Errc::unsupported, 0,
            reason.size() == 4 ? "the time server refuses to answer: " + reason
                               : "the time server says that its own clock is not set"};
}

// 2^32 units a second; the sign is that of the difference.
double seconds_between(Stamp from, Stamp to) {
    return static_cast<double>(static_cast<std::int64_t>(to - from)) / 4294967296.0;
}

std::chrono::milliseconds milliseconds_of(double seconds) {
    return std::chrono::milliseconds{std::llround(seconds * 1000)};
}

} // namespace

Stamp stamp_of(std::chrono::system_clock::time_point time) {
    using namespace std::chrono;
    constexpr std::int64_t from_1900_to_1970 = 2'208'988'800;
    const auto whole = floor<seconds>(time);
    const auto part = duration_cast<nanoseconds>(time - whole);
    const auto fraction = (static_cast<std::uint64_t>(part.count()) << 32U) / 1'000'000'000U;
    return static_cast<Stamp>(whole.time_since_epoch().count() + from_1900_to_1970) << 32U | fraction;
}

Bytes request(Stamp sent) {
    Bytes packet(packet_size);
    packet[0] = client_of_version_4;
    write(packet, at_transmit, sent);
    return packet;
}

Result<Reply> parse_reply(std::span<const std::uint8_t> bytes, Stamp sent) {
    if (bytes.size() < packet_size)
        return malformed("shorter than 48 bytes");
    if ((bytes[0] & 7) != mode_server)
        return malformed("not from a server");
    if (read(bytes, at_origin) != sent)
        return malformed("to another question");
    constexpr std::uint8_t no_warning_mask = 3;
    constexpr std::uint8_t not_synchronized = 3;
    if (bytes[1] == 0 || (bytes[0] >> 6 & no_warning_mask) == not_synchronized)
        return no_time(bytes);
    if (bytes[1] > 15)
        return malformed("an unknown stratum");
    const Reply reply{bytes[1], read(bytes, at_receive), read(bytes, at_transmit)};
    if (reply.received == 0 || reply.answered == 0)
        return malformed("without a time");
    return reply;
}

Comparison compare(Stamp sent, const Reply& reply, Stamp arrived) {
    const double there = seconds_between(sent, reply.received), back = seconds_between(arrived, reply.answered);
    const double away = seconds_between(sent, arrived), inside = seconds_between(reply.received, reply.answered);
    // Halves first: with clocks that are decades apart the sum would not fit.
    return {milliseconds_of(there / 2 + back / 2), milliseconds_of(std::max(0.0, away - inside))};
}

} // namespace rdpmedic::sntp
