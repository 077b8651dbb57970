// How are the enumerators of facts.hpp called in recordings? Only facts_json.cpp includes this.
#pragma once

#include "probes/facts.hpp"

#include <array>
#include <string_view>

namespace rdpmedic::recorded {

template <class E>
struct Name {
    E value;
    std::string_view text;
};

constexpr auto names(ServiceState) {
    using enum ServiceState;
    return std::array{Name{stopped, "stopped"},
                      Name{start_pending, "start_pending"},
                      Name{stop_pending, "stop_pending"},
                      Name{running, "running"},
                      Name{continue_pending, "continue_pending"},
                      Name{pause_pending, "pause_pending"},
                      Name{paused, "paused"},
                      Name{unknown, "unknown"}};
}

constexpr auto names(StartType) {
    using enum StartType;
    return std::array{Name{boot, "boot"},     Name{system, "system"},     Name{automatic, "automatic"},
                      Name{manual, "manual"}, Name{disabled, "disabled"}, Name{unknown, "unknown"}};
}

constexpr auto names(SessionState) {
    using enum SessionState;
    return std::array{Name{active, "active"},
                      Name{connected, "connected"},
                      Name{connect_query, "connect_query"},
                      Name{shadow, "shadow"},
                      Name{disconnected, "disconnected"},
                      Name{idle, "idle"},
                      Name{listen, "listen"},
                      Name{reset, "reset"},
                      Name{down, "down"},
                      Name{init, "init"},
                      Name{unknown, "unknown"}};
}

constexpr auto names(FilterAction) {
    using enum FilterAction;
    return std::array{Name{block, "block"}, Name{permit, "permit"}, Name{callout, "callout"}, Name{unknown, "unknown"}};
}

constexpr auto names(HandshakeStage) {
    using enum HandshakeStage;
    return std::array{Name{resolve_failed, "resolve_failed"},
                      Name{refused, "refused"},
                      Name{unreachable, "unreachable"},
                      Name{closed_before_reply, "closed_before_reply"},
                      Name{reset_before_reply, "reset_before_reply"},
                      Name{silent, "silent"},
                      Name{not_rdp, "not_rdp"},
                      Name{malformed_reply, "malformed_reply"},
                      Name{x224_refused, "x224_refused"},
                      Name{negotiation_failure, "negotiation_failure"},
                      Name{legacy_only, "legacy_only"},
                      Name{tls_closed, "tls_closed"},
                      Name{tls_reset, "tls_reset"},
                      Name{tls_alert, "tls_alert"},
                      Name{tls_silent, "tls_silent"},
                      Name{tls_failed, "tls_failed"},
                      Name{complete, "complete"}};
}

constexpr auto names(TcpState) {
    using enum TcpState;
    return std::array{Name{closed, "closed"},           Name{listen, "listen"},
                      Name{syn_sent, "syn_sent"},       Name{syn_received, "syn_received"},
                      Name{established, "established"}, Name{fin_wait_1, "fin_wait_1"},
                      Name{fin_wait_2, "fin_wait_2"},   Name{close_wait, "close_wait"},
                      Name{closing, "closing"},         Name{last_ack, "last_ack"},
                      Name{time_wait, "time_wait"},     Name{delete_tcb, "delete_tcb"},
                      Name{unknown, "unknown"}};
}

constexpr auto names(NetworkCategory) {
    using enum NetworkCategory;
    return std::array{Name{public_, "public"}, Name{private_, "private"}, Name{domain, "domain"},
                      Name{unknown, "unknown"}};
}

} // namespace rdpmedic::recorded
