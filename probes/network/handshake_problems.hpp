// What does each way in which a handshake can end mean for a client, and what is to be done?
#pragma once

#include "probes/probe.hpp"

namespace rdpmedic::handshake {

struct Problem {
    std::string code; // without the name of the probe: "refused"
    Severity severity = Severity::critical;
    std::string meaning;  // one sentence without its full stop: what a client meets, and why
    std::string advice{}; // what to do, one or two sentences without the last full stop
    std::string repair{};
    std::string subject{};
};

// What the host and the way to it took, from the first packet to the certificate. Looking its name up is no part of it,
// as in the lines of the steps. Pure.
std::chrono::milliseconds time_of_host(const HandshakeFacts& facts);

// What stands in a client's way; empty for a host that is well. Pure.
std::vector<Problem> problems_of(const HandshakeFacts& facts, const JudgeContext& context);

} // namespace rdpmedic::handshake
