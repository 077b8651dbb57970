// How far is each stage of a handshake?
#include "probes/network/handshake_stages.hpp"

namespace rdpmedic::handshake {

Progress progress_of(HandshakeStage stage) noexcept {
    switch (stage) {
    case HandshakeStage::resolve_failed:
        break;
    case HandshakeStage::refused:
    case HandshakeStage::unreachable:
        return Progress::no_connection;
    case HandshakeStage::closed_before_reply:
    case HandshakeStage::reset_before_reply:
    case HandshakeStage::silent:
        return Progress::no_answer;
    case HandshakeStage::not_rdp:
    case HandshakeStage::malformed_reply:
    case HandshakeStage::x224_refused: // whoever refuses so serves no client
        return Progress::other_answer;
    case HandshakeStage::negotiation_failure:
    case HandshakeStage::legacy_only:
        return Progress::rdp_answer;
    case HandshakeStage::tls_closed:
    case HandshakeStage::tls_reset:
    case HandshakeStage::tls_alert:
    case HandshakeStage::tls_silent:
    case HandshakeStage::tls_failed:
        return Progress::tls_begun;
    case HandshakeStage::complete:
        return Progress::complete;
    }
    return Progress::no_address;
}

} // namespace rdpmedic::handshake
