// Is the host cured? Seen with fresh eyes, never taken from what a repair believes to have done.
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/probe.hpp"

namespace rdpmedic {

struct Verdict {
    bool cured = false;
    std::string why; // one sentence for people
    // Cured, but no handshake shows that RDP answers: it fails as before, for another reason (no_worse), or nothing
    // need listen now, or TLS is switched off.
    bool unproved = false;
};

// What a repair must prove with a handshake.
enum class HandshakeProof {
    certificate_served, // TLS completes with the certificate that the listener should use
    // Where the handshake came that far before the repair, it still does. For repairs that are not about the listener:
    // what else is wrong there is another repair's business, and the reason names it.
    no_worse,
    nothing, // the machine is about to restart
};

// What is asked after a rung. Everything that was wrong before comes in, so that the two can be compared.
struct Cure {
    std::vector<Finding> wanted_gone; // the plan's cures
    std::vector<Finding> before;      // everything the probe said before the repair
    // Collects and judges afresh.
    std::function<Result<std::vector<Finding>>()> look;
    HandshakeProof proof = HandshakeProof::certificate_served;
    std::string rdp_address = default_rdp_address;
    // Of a plan that was asked for: what is still to be done, empty when it is as asked.
    std::function<Result<std::string>()> still_asked = [] { return std::string(); };
    bool proved_before = false; // the handshake proved it before the repair: see no_worse
    // What was before is not known any more: no failure is excused, and where Remote Desktop is on, TermService must
    // run.
    bool after_restart = false;
};

// Whether the handshake proves certificate_served now, as a verdict. It is tried where the probe tries it. A listener
// whose TermService is stopped need not listen, unless it `must`. Blocks for a handshake.
Verdict prove_handshake(const Host& host, const std::string& rdp_address, bool must = false);

// Cured: none of the wanted findings stands any more, nothing critical or unknown is new, and the handshake proves it
// where the listener should listen. Whatever could not be read counts as not cured. Blocks for a handshake.
Verdict verify(const Host& host, const Cure& cure);

// Pure half: compares findings; empty: all well. A wanted code that comes back about something else, such as the next
// certificate, is not gone.
std::string still_wrong(const std::vector<Finding>& wanted_gone, const std::vector<Finding>& before,
                        const std::vector<Finding>& now);

} // namespace rdpmedic
