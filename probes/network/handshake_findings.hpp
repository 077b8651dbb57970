// What does a handshake say about the host that was asked, from the wire alone?
#pragma once

#include "probes/probe.hpp"

namespace rdpmedic::handshake {

// What stands in a client's way, with the steps as evidence; empty for a host that is well. Pure. Knows nothing of the
// host but what it said on the wire, so that it serves for other hosts too; handshake::judge adds what the registry
// says.
std::vector<Finding> wire_findings(const HandshakeFacts& facts, const JudgeContext& context);

// What happened at each step, one line each, with milliseconds: "connect: 127.0.0.1:3389 in 1 ms, from
// 127.0.0.1:51000".
std::vector<std::string> steps(const HandshakeFacts& facts);

// "host01:3389", "[fe80::1]:3389".
std::string text_of(const Endpoint& endpoint);

} // namespace rdpmedic::handshake
