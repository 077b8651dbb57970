// Which connections have lost their client, and is there room for the next one?
#include "probes/sessions.hpp"

#include <algorithm>

namespace rdpmedic::sessions {
namespace {

// https://learn.microsoft.com/windows/win32/api/wtsapi32/ns-wtsapi32-wtslistenerconfigw, MaxConnectionCount
constexpr std::uint32_t no_limit = 0xFFFFFFFF;
// A server without the role RD Session Host takes two sessions of administrators:
// https://learn.microsoft.com/troubleshoot/windows-server/remote/remote-desktop-disconnected
constexpr std::size_t administrative_sessions = 2;
// Ours: somebody who has typed since is there, whatever the table of connections says.
constexpr std::chrono::minutes silent_for{15};

// Sessions of users that take a place, with the console apart.
std::vector<const Session*> taking_a_place(const std::vector<Session>& sessions) {
    std::vector<const Session*> result;
    for (const Session& session : sessions)
        if (is_of_a_user(session) && !is_console(session) &&
            (session.state == SessionState::active || session.state == SessionState::disconnected))
            result.push_back(&session);
    return result;
}

Finding limit_reached(const Setting& limit, const std::vector<const Session*>& taken) {
    Finding finding{"sessions.limit_reached", Severity::critical,
                    (taken.size() == 1 ? "one session takes" : std::to_string(taken.size()) + " sessions take") +
                        (limit.value == 1 ? " the one connection that is allowed"
                                          : " all " + std::to_string(limit.value) + " connections that are allowed") +
                        ": the next user is refused"};
    finding.evidence.push_back(evidence_of(limit));
    for (const Session* session : taken)
        finding.evidence.push_back(evidence_of(*session));
    if (limit.from_policy)
        finding.policy = label(limit.key, limit.name);
    return finding;
}

// MEM: TSAppCompat is 1 where the role is installed, and 0 or not set for administration.
// An error: that could not be read. Without InstallationType (Windows 7) nothing tells a server, and it is not judged.
Result<bool> takes_two_alone(const Facts& facts) {
    if (is_unreadable(facts.installation))
        return facts.installation.error();
    if (!facts.installation || (*facts.installation != "Server" && *facts.installation != "Server Core"))
        return false;
    if (is_unreadable(facts.session_host))
        return facts.session_host.error();
    return !facts.session_host || *facts.session_host == 0;
}

Finding administrators_full(const std::vector<const Session*>& taken) {
    Finding finding{"sessions.admin_limit", Severity::warning,
                    std::to_string(taken.size()) +
                        " sessions take the two places that a server without RD Session Host has: the next "
                        "administrator has to end one of them or is refused"};
    for (const Session* session : taken)
        finding.evidence.push_back(evidence_of(*session));
    return finding;
}

std::vector<const TcpConnection*> established_with(const Facts& facts) {
    const auto is_listened_on = [&facts](std::uint16_t port) {
        return port == listener_port(facts) || std::any_of(facts.still_elsewhere.begin(), facts.still_elsewhere.end(),
                                                           [port](const TcpListener& row) { return row.port == port; });
    };
    std::vector<const TcpConnection*> established;
    for (const TcpConnection& connection : *facts.connections)
        if (connection.state == TcpState::established && is_listened_on(connection.local_port))
            established.push_back(&connection);
    return established;
}

std::vector<const Session*> active_over_rdp(const std::vector<Session>& sessions) {
    std::vector<const Session*> active;
    for (const Session& session : sessions)
        if (session.state == SessionState::active && is_over_rdp(session))
            active.push_back(&session);
    return active;
}

// Has the user typed or clicked lately? Not known counts as yes.
bool is_silent(const Session& session) {
    return session.now && session.last_input && *session.now - *session.last_input > silent_for;
}

Finding half_open(const Session& session, const Facts& facts, const std::string& counted) {
    const auto& keep_alive = facts.reconnecting.keep_alive;
    Finding finding{"sessions.half_open", Severity::warning,
                    describe(session) + " counts as connected, and there is no TCP connection of its client: " +
                        (keep_alive && keep_alive->value == 1
                             ? "the keep-alive interval that is set has not made Windows notice it yet"
                             : "a keep-alive interval (policy \"Configure keep-alive connection interval\") makes "
                               "Windows notice that a client is gone"),
                    std::to_string(session.id)};
    finding.evidence = {evidence_of(session) +
                            (session.client_address.empty() ? std::string() : " at " + session.client_address),
                        counted};
    for (std::string& line : keep_alive_evidence(facts.reconnecting))
        finding.evidence.push_back(std::move(line));
    finding.repair = "sessions";
    return finding;
}

} // namespace

std::uint16_t listener_port(const Facts& facts) {
    return facts.port && *facts.port <= 65535 ? static_cast<std::uint16_t>(*facts.port) : std::uint16_t{3389};
}

bool lacks_connections(const Facts& facts) {
    return facts.sessions && facts.connections &&
           established_with(facts).size() < active_over_rdp(*facts.sessions).size();
}

std::vector<Finding> judge_limits(const Facts& facts, const std::vector<Session>& sessions) {
    const auto taken = taking_a_place(sessions);
    std::vector<Finding> findings;
    if (facts.max_instance_count && facts.max_instance_count->value != no_limit) {
        const Setting& limit = *facts.max_instance_count;
        // 0 is no limit that could be reached: the probe listener reports it.
        if (limit.value != 0 && taken.size() >= limit.value)
            findings.push_back(limit_reached(limit, taken));
    }
    if (!findings.empty() || taken.size() < administrative_sessions)
        return findings;
    const Result<bool> two_alone = takes_two_alone(facts);
    if (!two_alone)
        findings.push_back(unknown("sessions", "whether this server takes two sessions alone", two_alone.error()));
    else if (*two_alone)
        findings.push_back(administrators_full(taken));
    return findings;
}

// DERIVED: each session over RDP keeps one TCP connection to the listener, whatever else it opens over UDP. The address
// that Windows tells of a client is the client's own, which address translation and gateways hide: where there are as
// many connections as sessions, nobody is missed.
// https://learn.microsoft.com/troubleshoot/windows-server/remote/configure-keep-alive-connection-interval
std::vector<Finding> judge_connections(const Facts& facts, const std::vector<Session>& sessions, const JudgeContext&) {
    if (is_absent(facts.connections))
        return {};
    if (!facts.connections)
        return {unknown("sessions", "the connections of clients", facts.connections.error())};
    const std::uint32_t port = listener_port(facts);
    const std::vector<const TcpConnection*> established = established_with(facts);
    const std::vector<const Session*> active = active_over_rdp(sessions);
    if (established.size() >= active.size())
        return {};
    std::vector<Finding> findings;
    for (const Session* session : active) {
        const bool connected =
            std::any_of(established.begin(), established.end(), [&](const TcpConnection* connection) {
                return !session->client_address.empty() && connection->remote_address == session->client_address;
            });
        if (connected || !is_silent(*session) || (session->client_address.empty() && !established.empty()))
            continue;
        findings.push_back(half_open(*session, facts,
                                     std::to_string(established.size()) + " established connections to TCP " +
                                         std::to_string(port) + " for " + std::to_string(active.size()) +
                                         " sessions over RDP"));
    }
    return findings;
}

} // namespace rdpmedic::sessions
