// What is asked and answered over SNTP, RFC 4330? Pure.
#pragma once

#include "probes/facts.hpp"

#include <span>

namespace rdpmedic::sntp {

// Seconds and 2^-32 of seconds since 1900, modulo 2^32 seconds: it begins anew in 2036, so only differences count.
using Stamp = std::uint64_t;

Stamp stamp_of(std::chrono::system_clock::time_point time);

// 48 bytes: version 4, client, with `sent` as the time at which it leaves.
Bytes request(Stamp sent);

struct Reply {
    std::uint32_t stratum = 0; // 1 to 15
    Stamp received = 0;        // by the server's clock
    Stamp answered = 0;
};

// The answer to the request that left at `sent`. malformed: too short, no server, an answer to something else or
// without a time; unsupported: the server says that it has no time to give, or asks to be left alone.
Result<Reply> parse_reply(std::span<const std::uint8_t> bytes, Stamp sent);

// What the four times say of both clocks; `arrived` by this machine's clock. RFC 4330 section 5.
struct Comparison {
    std::chrono::milliseconds offset{0}; // the server's clock minus this one
    std::chrono::milliseconds round_trip{0};
};
Comparison compare(Stamp sent, const Reply& reply, Stamp arrived);

} // namespace rdpmedic::sntp
