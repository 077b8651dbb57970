// Where does a connection end, and what does each end mean?
#include "probes/diagnosis/decision.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::diagnosis {
namespace {

using events::Kind;

struct AnswerOfCode {
    std::string_view code;
    Answer answer;
};

// What is not here says nothing about how far a client gets: a slow or a weak listener still answers.
constexpr std::array answers{
    AnswerOfCode{"handshake.refused", Answer::refused},
    AnswerOfCode{"handshake.rdp_off", Answer::refused},
    AnswerOfCode{"handshake.third_party_stack", Answer::refused},
    AnswerOfCode{"handshake.unreachable", Answer::unreachable},
    AnswerOfCode{"handshake.closed_before_reply", Answer::no_reply},
    AnswerOfCode{"handshake.reset_before_reply", Answer::no_reply},
    AnswerOfCode{"handshake.no_reply", Answer::no_reply},
    AnswerOfCode{"handshake.not_rdp", Answer::other_failure},
    AnswerOfCode{"handshake.x224_refused", Answer::other_failure},
    AnswerOfCode{"handshake.malformed_reply", Answer::other_failure},
    AnswerOfCode{"handshake.no_certificate", Answer::no_certificate},
    AnswerOfCode{"handshake.ssl_required", Answer::other_failure},
    AnswerOfCode{"handshake.inconsistent_flags", Answer::other_failure},
    AnswerOfCode{"handshake.nla_required", Answer::other_failure},
    AnswerOfCode{"handshake.client_certificate_required", Answer::other_failure},
    AnswerOfCode{"handshake.negotiation_refused", Answer::other_failure},
    AnswerOfCode{"handshake.legacy_security", Answer::without_tls},
    AnswerOfCode{"handshake.tls_reset", Answer::tls_dropped},
    AnswerOfCode{"handshake.tls_closed", Answer::tls_dropped},
    AnswerOfCode{"handshake.tls_silent", Answer::tls_dropped},
    AnswerOfCode{"handshake.tls_alert", Answer::tls_alert},
    AnswerOfCode{"handshake.tls_failed", Answer::tls_alert},
};

} // namespace

const char* name_of(Answer answer) noexcept {
    switch (answer) {
    case Answer::refused:
        return "is refused";
    case Answer::unreachable:
        return "gets no connection";
    case Answer::no_reply:
        return "is accepted and gets no answer";
    case Answer::no_certificate:
        return "is told that the host has no certificate";
    case Answer::other_failure:
        return "is refused by the negotiation";
    case Answer::tls_dropped:
        return "is dropped when TLS begins";
    case Answer::tls_broken:
        return "is ended by an internal error of TLS";
    case Answer::tls_alert:
        return "is refused by TLS";
    case Answer::without_tls:
        return "is answered without TLS";
    case Answer::passes:
        return "gets through";
    }
    return "";
}

std::vector<Decision> decisions() {
    return {
        {1,
         {Answer::refused},
         {},
         {},
         "Nothing listens on the port: a stopped service, another port, Remote Desktop switched off, or one adapter "
         "only",
         {"service_down", "rdp_disabled", "port_taken", "listener_broken", "port_not_taken_up", "edition_cannot_host"}},
        {2,
         {Answer::passes, Answer::without_tls, Answer::unreachable},
         {},
         {Kind::arrival},
         "The host answers itself and no client has come: a firewall, IPsec, the network, or the cloud's rules",
         {"not_arriving", "firewall_closed", "ipsec_required", "filter_closed", "firewall_service_crashes",
          "machine_unreachable", "wrong_name"}},
        {3,
         {Answer::no_reply},
         {},
         {},
         "Connections are accepted and not answered: a hung TermService, a filter, or the connection limit",
         {"service_down", "security_product", "connection_limit", "closed_before_answer"}},
        {4,
         {Answer::no_certificate},
         {},
         {},
         "The host says that it has no certificate",
         {"certificate_not_made", "certificate_expired", "key_store_damaged", "certificate_unsuitable"}},
        {5,
         {Answer::tls_dropped, Answer::tls_broken},
         {},
         {Kind::tls_protocols_disabled, Kind::no_common_cipher},
         "The host agrees to TLS and then drops the connection: it cannot use the private key",
         {"key_unreadable", "key_store_damaged"}},
        {6,
         {Answer::tls_alert, Answer::tls_broken, Answer::tls_dropped},
         {Kind::tls_protocols_disabled, Kind::no_common_cipher, Kind::tls_alert},
         {},
         "The host refuses TLS and logs why: the versions or the cipher suites",
         {"tls_ciphers", "tls_protocols"}},
        {7,
         {Answer::passes},
         {Kind::arrival, Kind::bad_credentials},
         {Kind::authenticated, Kind::session_assigned, Kind::logon, Kind::key_unreadable, Kind::tls_protocols_disabled,
          Kind::no_common_cipher},
         "TLS works, clients come, and none is let in: credentials, NLA, the domain, the right to log on, or something "
         "in between",
         {"credentials", "logon_not_allowed", "domain_unreachable", "nla_refused", "middle_box", "credssp"}},
        {8,
         {Answer::passes, Answer::without_tls},
         {Kind::authenticated, Kind::session_assigned},
         {Kind::logon},
         "Users are authenticated and no session begins: arbitration, the session manager, profiles, or limits",
         {"session_start", "session_conflict", "connection_limit", "licensing", "resources", "broker_renamed"}},
        {9,
         {Answer::passes, Answer::without_tls},
         {Kind::session_disconnected, Kind::session_lost, Kind::session_limit_reached, Kind::session_ended_by_other,
          Kind::session_replaced},
         {},
         "Sessions begin and are cut off: the network, UDP, a limit that is set, or another connection",
         {"poor_network", "udp_transport", "session_ended_by_limit", "session_conflict", "session_start"}},
    };
}

std::optional<Answer> answer_of(const Reports& reports) {
    const auto report = reports.find("handshake");
    if (report == reports.end() || !report->second)
        return std::nullopt;
    bool unknown = false;
    for (const Finding& finding : *report->second) {
        const auto found = std::find_if(answers.begin(), answers.end(),
                                        [&](const AnswerOfCode& row) { return row.code == finding.code; });
        if (found != answers.end())
            return finding.subject == "alert 80" ? Answer::tls_broken : found->answer;
        unknown = unknown || finding.severity == Severity::unknown;
    }
    return unknown ? std::nullopt : std::optional(Answer::passes);
}

Fit fit_of(const Decision& decision, std::optional<Answer> answer, const IsSeen& is_seen) {
    if (answer && !decision.answers.empty() &&
        std::find(decision.answers.begin(), decision.answers.end(), *answer) == decision.answers.end())
        return Fit::no;
    bool known = answer.has_value(), any = decision.seen.empty(), any_unread = false;
    for (const events::Kind kind : decision.seen) {
        const std::optional<bool> seen = is_seen(kind);
        any = any || seen.value_or(false);
        any_unread = any_unread || !seen;
    }
    if (!any && !any_unread)
        return Fit::no;
    known = known && any;
    for (const events::Kind kind : decision.unseen) {
        const std::optional<bool> seen = is_seen(kind);
        if (seen.value_or(false))
            return Fit::no;
        known = known && seen;
    }
    return known ? Fit::yes : Fit::unknown;
}

} // namespace rdpmedic::diagnosis
