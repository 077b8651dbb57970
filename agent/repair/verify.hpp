// Is the host cured? Seen with fresh eyes, never taken from what a repair believes to have done.
#pragma once

#include "agent/repair/desk.hpp"
#include "probes/probe.hpp"

namespace rdpmedic {

struct Verdict {
    bool cured = false;
    std::string why; // one sentence for people
    bool may_settle = false; // not cured yet, but a listener takes a few seconds to come up: ask again
};

// What a repair must prove with a handshake.
enum class HandshakeProof {
    listener_answers,   // something speaks RDP on the port
    certificate_served, // TLS completes with the certificate that the listener should use
};

// What is asked after a rung. Everything that was wrong before comes in, so that the two can be compared.
struct Cure {
    std::vector<Finding> wanted_gone; // the plan's cures
    std::vector<Finding> before;      // everything the probe said before the repair
    // Collects and judges afresh.
    std::function<Result<std::vector<Finding>>()> look;
    HandshakeProof proof = HandshakeProof::listener_answers;
    std::string rdp_address = "127.0.0.1";
};

// Cured: none of the wanted findings stands any more, nothing critical or unknown is new, and the handshake proves it
// where the listener should listen. Whatever could not be read counts as not cured. Blocks for a handshake.
Verdict verify(const Host& host, const Cure& cure);

// Pure half: compares findings; empty: all well. A wanted code that comes back about something else, such as the next
// certificate, is not gone.
std::string still_wrong(const std::vector<Finding>& wanted_gone, const std::vector<Finding>& before,
                        const std::vector<Finding>& now);

} // namespace rdpmedic
