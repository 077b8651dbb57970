// Is a session stuck, orphaned or in the way of the next logon?
#pragma once

#include "probes/probe.hpp"
#include "probes/registry.hpp"

#include <map>

namespace rdpmedic::sessions {

// A limit of sessions that are in use.
struct TimeLimit {
    std::string name;                                                // "MaxIdleTime"
    Result<Setting> limit = Error{Errc::unsupported, 0, "not read"}; // milliseconds, 0 is no limit
    // Of the listener: only 0 makes its own limit count.
    Result<Setting> inherit = Error{Errc::unsupported, 0, "not read"};
};

// What decides whether a user gets back into a session, and whether a lost client is noticed.
struct Reconnecting {
    Result<Setting> auto_disabled = Error{Errc::unsupported, 0, "not read"};       // fDisableAutoReconnect, by policy
    Result<Setting> same_client = Error{Errc::unsupported, 0, "not read"};         // fReconnectSame of the listener
    Result<Setting> inherit_same_client = Error{Errc::unsupported, 0, "not read"}; // only 0 makes that one count
    Result<Setting> keep_alive = Error{Errc::unsupported, 0, "not read"};          // KeepAliveEnable, by policy
    Result<Setting> keep_alive_interval = Error{Errc::unsupported, 0, "not read"}; // by policy, minutes
    Result<Setting> keep_alive_timeout = Error{Errc::unsupported, 0, "not read"};  // of the listener
};

struct Facts {
    Result<std::vector<Session>> sessions = Error{Errc::unsupported, 0, "not read"};
    Result<Setting> rdp_switch = Error{Errc::unsupported, 0, "not read"};             // fDenyTSConnections
    Result<Setting> single_session = Error{Errc::unsupported, 0, "not read"};         // fSingleSessionPerUser
    Result<Setting> max_disconnection_time = Error{Errc::unsupported, 0, "not read"}; // milliseconds, 0 is no limit
    Result<std::uint32_t> inherit_max_disconnection_time = Error{Errc::unsupported, 0, "not read"};
    Result<Setting> max_instance_count = Error{Errc::unsupported, 0, "not read"}; // 0xFFFFFFFF is no limit
    std::vector<TimeLimit> time_limits;
    Reconnecting reconnecting;
    // Asked only while somebody is connected over RDP; not_found: not asked.
    Result<std::vector<TcpConnection>> connections = Error{Errc::not_found, 0, "not asked"};
    Result<std::uint32_t> port = Error{Errc::unsupported, 0, "not read"};
    // Where TermService still listens in place of that port (listener::still_elsewhere). Asked for only where fewer
    // clients are connected to the port than have sessions.
    std::vector<TcpListener> still_elsewhere;
    Result<std::string> installation = Error{Errc::unsupported, 0, "not read"};   // "Server", "Client", "Server Core"
    Result<std::uint32_t> session_host = Error{Errc::unsupported, 0, "not read"}; // TSAppCompat: 1 is RD Session Host
    // ProductType, "WinNT" is a client; asked only where two users have sessions on what is installed as a client.
    std::optional<Result<std::string>> product_type;
};

// Reads every fact; what could not be read is an error inside the facts. Blocks as Host does. Never an error itself.
Result<Facts> collect(const Host& host);

// The findings of probes/README.md, section sessions. Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

// "EXAMPLE\\user07 (session 3, disconnected)" or "session 4 (init)": how a session is named to people.
std::string describe(const Session& session);
const char* name_of(SessionState state) noexcept; // "active", "disconnected", ...

// An entry of the session list that is a listener ("RDP-Tcp", "rdp-sxs240705700") and not somebody's session.
bool is_listener(const Session& session);

// Somebody's session: of a user, and neither a listener nor that of the services. Pure.
bool is_of_a_user(const Session& session);
// It is the one at the machine's own screen and keyboard. Pure.
bool is_console(const Session& session);
// The listener RDP-Tcp carries it: "RDP-Tcp#3". Pure.
bool is_over_rdp(const Session& session);
std::string spell(std::chrono::seconds duration); // "30 minutes"
std::string evidence_of(const Session& session);

// The port that is set for the listener, 3389 where that is no port or not known. Pure.
std::uint16_t listener_port(const Facts& facts);
// Are fewer clients connected to the listener than have sessions over RDP, as far as both are known? Pure.
bool lacks_connections(const Facts& facts);

// sessions_connections.cpp: connections whose client is gone, and limits that leave no room for the next one. Pure.
std::vector<Finding> judge_connections(const Facts& facts, const std::vector<Session>& sessions,
                                       const JudgeContext& context);
std::vector<Finding> judge_limits(const Facts& facts, const std::vector<Session>& sessions);

// sessions_client.cpp: a client edition serves one user at a time. Pure.
bool has_two_users(const std::vector<Session>& sessions);
std::vector<Finding> judge_client_edition(const Facts& facts, const std::vector<Session>& sessions);

// The two keys that hold most settings, each listed once. Blocks as Host does.
struct Lists {
    Result<std::map<std::string, RegistryValue>> policy = Error{Errc::unsupported, 0, "not read"};
    Result<std::map<std::string, RegistryValue>> listener = Error{Errc::unsupported, 0, "not read"};
};
Lists read_lists(const Host& host);

// sessions_limits.cpp: MaxIdleTime and MaxConnectionTime. Pure.
std::vector<TimeLimit> time_limits_of(const Lists& lists);
std::vector<Finding> judge_time_limits(const Facts& facts);

// sessions_reconnect.cpp: what keeps a user from his session, and what the keep-alive settings are. Pure.
Reconnecting reconnecting_of(const Lists& lists);
std::vector<Finding> judge_reconnecting(const Facts& facts);
std::vector<std::string> keep_alive_evidence(const Reconnecting& settings);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::sessions
