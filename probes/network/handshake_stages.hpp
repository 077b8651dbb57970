// How far is each stage of a handshake?
#pragma once

#include "probes/facts.hpp"

namespace rdpmedic::handshake {

// What the peer had shown when the handshake ended, from nothing to everything.
enum class Progress {
    no_address,    // the name could not be resolved
    no_connection, // nothing accepts the connection
    no_answer,     // accepted, and then not a byte
    other_answer,  // bytes that are no RDP connection confirm
    rdp_answer,    // a connection confirm: something speaks RDP
    tls_begun,     // TLS was agreed on and broke
    complete,
};

// The one place that knows; everything that groups stages asks it.
Progress progress_of(HandshakeStage stage) noexcept;

// Nothing answered as a listener would: what a host looks like on which Remote Desktop is switched off.
inline bool is_unanswered(HandshakeStage stage) noexcept {
    return progress_of(stage) == Progress::no_connection || progress_of(stage) == Progress::no_answer;
}

// Whatever listens there speaks RDP, well or not.
inline bool answers_rdp(HandshakeStage stage) noexcept { return progress_of(stage) >= Progress::rdp_answer; }

inline bool reached_tls(HandshakeStage stage) noexcept { return progress_of(stage) >= Progress::tls_begun; }

} // namespace rdpmedic::handshake
