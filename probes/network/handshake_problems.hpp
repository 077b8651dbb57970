// What does each way in which a handshake can end mean for a client, and what is to be done?
#pragma once

#include "probes/probe.hpp"

namespace rdpmedic::handshake {

struct Problem {
    std::string code; // without the name of the probe: "refused"
    Severity severity = Severity::critical;
    std::string meaning;  // one sentence: what a client meets, and why as far as the wire tells
    std::string advice{}; // what to do, one or two sentences
    std::string repair{};
    std::string subject{};
};

// What stands in a client's way; empty for a host that is well. Pure.
std::vector<Problem> problems_of(const HandshakeFacts& facts, const JudgeContext& context);

} // namespace rdpmedic::handshake
