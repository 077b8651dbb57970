// Is a session stuck, orphaned or in the way of the next logon?
#include "probes/sessions.hpp"
#include "probes/listener.hpp"
#include "probes/rdp_switch.hpp"

#include "probes/time_text.hpp"

#include <algorithm>

namespace rdpmedic::sessions {
namespace {

constexpr std::string_view id = "sessions";

// Collects the findings of one round.
class Judge {
  public:
    Judge(const Facts& facts, const JudgeContext& context) : facts_(facts), context_(context) {}

    std::vector<Finding> findings() {
        judge_settings();
        if (!facts_.sessions) {
            add_unknown("sessions", facts_.sessions.error());
        } else if (facts_.sessions->empty()) {
            // Session 0 always exists, so an empty list is a system that does not really answer.
            add_unknown("sessions", {Errc::malformed, 0, "the session list, which is empty and lacks even session 0"});
        } else {
            for (const Session& session : *facts_.sessions)
                judge_session(session);
            for (const auto& more :
                 {judge_limits(facts_, *facts_.sessions), judge_client_edition(facts_, *facts_.sessions),
                  judge_connections(facts_, *facts_.sessions, context_)})
                findings_.insert(findings_.end(), more.begin(), more.end());
        }
        for (const auto& more : {judge_time_limits(facts_), judge_reconnecting(facts_)})
            findings_.insert(findings_.end(), more.begin(), more.end());
        return std::move(findings_);
    }

  private:
    void add(Finding finding) { findings_.push_back(std::move(finding)); }
    void add_unknown(std::string subject, const Error& error) { add(unknown(id, std::move(subject), error)); }

    void judge_settings() {
        if (is_unreadable(facts_.single_session))
            add_unknown("fSingleSessionPerUser", facts_.single_session.error());
        if (is_unreadable(facts_.max_disconnection_time))
            add_unknown("MaxDisconnectionTime", facts_.max_disconnection_time.error());
        if (is_unreadable(facts_.max_instance_count))
            add_unknown("MaxInstanceCount", facts_.max_instance_count.error());
        if (is_unreadable(facts_.inherit_max_disconnection_time))
            add_unknown("fInheritMaxDisconnectionTime", facts_.inherit_max_disconnection_time.error());
    }

    void judge_session(const Session& session) {
        if (is_listener(session))
            return judge_listener(session);
        if (session.id == 0)
            return;
        switch (session.state) {
        case SessionState::unknown:
            return add_unknown("state of session " + std::to_string(session.id), {Errc::malformed, 0, "session list"});
        case SessionState::down:
            return add({"sessions.orphan",
                        Severity::critical,
                        describe(session) + ": Windows could not initialise or end it",
                        subject_of(session),
                        {evidence_of(session)},
                        repair_of(session)});
        case SessionState::connected:
            // The console waits for a logon in this state for as long as nobody comes.
            if (session.user.empty() && !is_console(session))
                judge_transient(session);
            return;
        case SessionState::connect_query:
        case SessionState::reset:
        case SessionState::init:
            return judge_transient(session);
        case SessionState::disconnected:
            judge_disconnected(session);
            return judge_duplicate(session);
        case SessionState::active:
        case SessionState::shadow:
        case SessionState::idle:
        case SessionState::listen:
            return;
        }
    }

    // Other listeners belong to other products or to a broker, and what their states mean is theirs.
    void judge_listener(const Session& session) {
        if (same_ignoring_case(session.station, "RDP-Tcp") && session.state == SessionState::down)
            add({"sessions.listener_down",
                 Severity::critical,
                 "the listener RDP-Tcp is down: it failed to initialise and accepts no connections",
                 session.station,
                 {"listener " + session.station + " (id " + std::to_string(session.id) + "): down"}});
    }

    // Who sits at the machine is asked, not logged off.
    static std::string repair_of(const Session& session) { return is_console(session) ? "" : "sessions"; }

    // The state belongs to the subject, so that the clock starts anew when the session moves on.
    static std::string subject_of(const Session& session) {
        return std::to_string(session.id) + " " + name_of(session.state);
    }

    // A state that a healthy session passes through in seconds.
    void judge_transient(const Session& session) {
        const std::string subject = subject_of(session);
        const auto orphan_since = context_.since("sessions.orphan", subject);
        const auto since = orphan_since ? orphan_since : context_.since("sessions.pending", subject);
        const std::chrono::seconds age = since ? context_.now - *since : std::chrono::seconds{0};
        if (orphan_since || age > context_.limits.session_pending_fail)
            return add({"sessions.orphan",
                        Severity::critical,
                        describe(session) + " has made no progress for " + spell(age) +
                            ": the session manager is stuck with it",
                        subject,
                        {evidence_of(session)},
                        repair_of(session)});
        add({"sessions.pending",
             Severity::info,
             describe(session) + " is between two states",
             subject,
             {evidence_of(session)}});
    }

    // The limit that surely counts for this session. The listener's own counts only where it overrides those of the
    // users: https://learn.microsoft.com/windows/win32/termserv/win32-tssessionsetting, TimeLimitPolicy
    const Setting* reap_limit() const {
        if (!facts_.max_disconnection_time || facts_.max_disconnection_time->value == 0)
            return nullptr;
        const auto& inherits = facts_.inherit_max_disconnection_time;
        const bool counts = facts_.max_disconnection_time->from_policy || (inherits && *inherits == 0);
        return counts ? &*facts_.max_disconnection_time : nullptr;
    }

    void judge_disconnected(const Session& session) {
        if (!is_of_a_user(session))
            return;
        if (!session.disconnected_at)
            return add_unknown("since when session " + std::to_string(session.id) + " is disconnected",
                               {Errc::malformed, 0, describe(session) + " has no time of disconnection"});
        // The clock of the session manager, where it tells: the local clock may have been set since.
        const Time now = session.now ? *session.now : context_.now;
        const std::chrono::seconds age = now - *session.disconnected_at;
        const Setting* limit = reap_limit();
        if (limit && age > std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds{limit->value}) +
                               context_.limits.session_reap_grace) {
            Finding finding{"sessions.not_reaped",
                            Severity::critical,
                            describe(session) + " is disconnected for " + spell(age) +
                                " and should have been ended after " +
                                spell(std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds{limit->value})),
                            std::to_string(session.id),
                            {evidence_of(session), evidence_of(*limit)},
                            repair_of(session)};
            if (limit->from_policy)
                finding.policy = label(limit->key, limit->name);
            return add(std::move(finding));
        }
        // With Remote Desktop off it is that of a user who changed places with another at the screen.
        if (age > context_.limits.session_disconnected_warn)
            add({"sessions.long_disconnected",
                 is_switched_off(facts_.rdp_switch) ? Severity::info : Severity::warning,
                 describe(session) + " is disconnected for " + spell(age) + " and holds its memory and its files",
                 std::to_string(session.id),
                 {evidence_of(session)}});
    }

    // Where users are limited to one session, a second one means that a reconnect did not find the first.
    // https://learn.microsoft.com/troubleshoot/windows-server/remote/rdp-client-disconnects-cannot-reconnect-same-session
    void judge_duplicate(const Session& session) {
        if (!is_of_a_user(session) || is_unreadable(facts_.single_session))
            return;
        if (facts_.single_session && facts_.single_session->value == 0)
            return;
        const auto others = std::find_if(facts_.sessions->begin(), facts_.sessions->end(), [&](const Session& other) {
            return other.id != session.id && is_of_a_user(other) && same_ignoring_case(other.user, session.user) &&
                   same_ignoring_case(other.domain, session.domain);
        });
        if (others == facts_.sessions->end())
            return;
        Finding finding{"sessions.duplicate",
                        facts_.single_session ? Severity::warning : Severity::info,
                        describe(session) + " is not the only session of this user: " + describe(*others) +
                            " is there too",
                        std::to_string(session.id),
                        {evidence_of(session), evidence_of(*others)}};
        if (facts_.single_session) {
            finding.evidence.push_back(evidence_of(*facts_.single_session));
            if (facts_.single_session->from_policy)
                finding.policy = label(facts_.single_session->key, facts_.single_session->name);
        } else {
            finding.evidence.push_back("fSingleSessionPerUser is not set");
        }
        add(std::move(finding));
    }

    const Facts& facts_;
    const JudgeContext& context_;
    std::vector<Finding> findings_;
};

} // namespace

const char* name_of(SessionState state) noexcept {
    switch (state) {
    case SessionState::active:
        return "active";
    case SessionState::connected:
        return "connected";
    case SessionState::connect_query:
        return "connect_query";
    case SessionState::shadow:
        return "shadow";
    case SessionState::disconnected:
        return "disconnected";
    case SessionState::idle:
        return "idle";
    case SessionState::listen:
        return "listen";
    case SessionState::reset:
        return "reset";
    case SessionState::down:
        return "down";
    case SessionState::init:
        return "init";
    case SessionState::unknown:
        return "unknown";
    }
    return "unknown";
}

std::string describe(const Session& session) {
    const std::string number = "session " + std::to_string(session.id);
    if (session.user.empty())
        return number + " (" + name_of(session.state) + ")";
    const std::string user = session.domain.empty() ? session.user : session.domain + "\\" + session.user;
    return user + " (" + number + ", " + name_of(session.state) + ")";
}

// Listeners have ids from 65536 on in every listing that Microsoft shows, "rdp-tcp 65536 Listen":
// https://learn.microsoft.com/troubleshoot/windows-server/remote/rdp-error-general-troubleshooting
bool is_listener(const Session& session) {
    return session.state == SessionState::listen || session.id >= 65536 ||
           same_ignoring_case(session.station, "RDP-Tcp");
}

// Session 0 belongs to the services:
// https://learn.microsoft.com/windows/win32/services/interactive-services
bool is_of_a_user(const Session& session) { return session.id != 0 && !is_listener(session) && !session.user.empty(); }

bool is_console(const Session& session) { return same_ignoring_case(session.station, "Console"); }

bool is_over_rdp(const Session& session) {
    return is_of_a_user(session) && begins_ignoring_case(session.station, "RDP-Tcp#");
}

std::string spell(std::chrono::seconds duration) {
    using namespace std::chrono;
    if (duration >= hours{48})
        return std::to_string(floor<days>(duration).count()) + " days";
    if (duration >= hours{2})
        return std::to_string(floor<hours>(duration).count()) + " hours";
    return std::to_string(floor<minutes>(duration).count()) + " minutes";
}

std::string evidence_of(const Session& session) {
    std::string line = describe(session);
    if (!session.client.empty())
        line += ", client " + session.client;
    if (session.connected_at)
        line += ", connected at " + to_iso(*session.connected_at);
    if (session.disconnected_at)
        line += ", disconnected at " + to_iso(*session.disconnected_at);
    return line;
}

Lists read_lists(const Host& host) {
    return {host.registry_values(keys::terminal_services_policy), host.registry_values(keys::rdp_tcp)};
}

Result<Facts> collect(const Host& host) {
    Facts facts;
    facts.sessions = host.sessions();
    facts.rdp_switch = read_rdp_switch(host);
    const RegistryPath& policy = keys::terminal_services_policy;
    facts.single_session = effective_dword(host, policy, keys::terminal_server, "fSingleSessionPerUser");
    facts.max_disconnection_time = effective_dword(host, policy, keys::rdp_tcp, "MaxDisconnectionTime");
    facts.inherit_max_disconnection_time = read_dword(host, keys::rdp_tcp, "fInheritMaxDisconnectionTime");
    facts.max_instance_count = effective_dword(host, policy, keys::rdp_tcp, "MaxInstanceCount");
    const Lists lists = read_lists(host);
    facts.time_limits = time_limits_of(lists);
    facts.reconnecting = reconnecting_of(lists);
    facts.port = listener::read_port_number(host);
    facts.installation = read_text(host, keys::windows_version, "InstallationType");
    facts.session_host = read_dword(host, keys::terminal_server, "TSAppCompat");
    const auto connected = [](const Session& session) {
        return session.state == SessionState::active && is_over_rdp(session);
    };
    if (facts.sessions && std::any_of(facts.sessions->begin(), facts.sessions->end(), connected))
        facts.connections = host.tcp_connections();
    if (lacks_connections(facts))
        if (const auto listeners = host.tcp_listeners())
            facts.still_elsewhere =
                listener::still_elsewhere(*listeners, host.service("TermService"), listener_port(facts));
    if (facts.sessions && facts.installation && *facts.installation == "Client" && has_two_users(*facts.sessions))
        facts.product_type = read_text(host, keys::product_options, "ProductType");
    return facts;
}

std::vector<Finding> judge(const Facts& facts, const JudgeContext& context) { return Judge(facts, context).findings(); }

Probe probe(const ProbeOptions&) {
    return make_probe(id, "Is a session stuck, orphaned or in the way of the next logon?", std::chrono::seconds{60},
                      std::chrono::seconds{10}, &collect, &judge);
}

} // namespace rdpmedic::sessions
