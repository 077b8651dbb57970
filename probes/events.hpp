// What do the event logs say about RDP, and since when?
//
// An event proves little by itself: Schannel logs for every TLS server of the host, and a host that the internet can
// reach logs refused strangers all day. So events are counted by what they mean and support the findings of the other
// probes and the diagnosis.
#pragma once

#include "probes/own_handshakes.hpp"
#include "probes/probe.hpp"
#include "probes/registry.hpp"

#include <map>
#include <set>

namespace rdpmedic::events {

enum class Kind {
    arrival,                 // RdpCoreTS 131, RCM 261, 1158: a client reached the listener
    udp_arrival,             // RdpCoreTS 131 with ConnType UDP: it adds UDP to a connection that it has
    transport_failed,        // RdpCoreTS 97, 99, 142, 143, 226 with an error, 103 with a failure; TermDD 50
    closed_early,            // RdpCoreTS 102 of a connection of which nothing else is said
    security_layer_failed,   // RdpCoreTS 139, TermDD 56
    bad_credentials,         // RdpCoreTS 140, 147, 149; RCM 1012 of a client; Security 4625
    authenticated,           // RCM 1149
    session_assigned,        // RdpCoreTS 66
    logon,                   // LSM 21, 22, 25, Security 4624
    listener_started,        // RCM 258
    listener_stopped,        // RCM 259, 262, 263
    listener_failed,         // RCM 1035, 1036
    listener_changed,        // RCM 1157; 1050, by which Windows corrects its settings
    flood,                   // RCM 1006
    key_unreadable,          // Schannel 36870, 36869
    tls_protocols_disabled,  // Schannel 36871 with state 10013
    tls_credential_failed,   // Schannel 36871 otherwise, 36872, 36886
    no_common_cipher,        // Schannel 36874, 36888 with state 1205
    tls_alert,               // Schannel 36887, 36888 otherwise
    certificate_not_created, // RCM 1057, 1058
    certificate_unusable,    // RCM 1051, 1053 to 1055, 1059, 1062, 1064, 1065
    certificate_expires,     // RCM 1052: the chosen one, in some days
    certificate_created,     // RCM 1056
    drain_mode,              // RCM 1070: a logon was refused
    session_disconnected,    // LSM 40 with a reason that says nothing, unless the user wished it
    session_lost,            // LSM 40 with an HRESULT; RdpCoreTS 146, RCM 1041: it did not come back by itself
    session_replaced,        // LSM 40 with reason 5: another connection took it
    session_limit_reached,   // LSM 40 with reason 3 or 4: idle or connected for too long
    session_ended_by_other,  // LSM 40 with reason 1 or 2, and 39: by a tool or a user in another session
    session_out_of_memory,   // LSM 40 with reason 6
    session_denied,          // LSM 40 with reason 7 (denied), 9 (may not log on) or 10 (saved credentials)
    session_arbitration,     // LSM 41 without 42
    session_manager_slow,    // LSM 35 to 37, 43 to 45, 48 to 53
    session_manager_failed,  // LSM 16 to 19, 33
    service_failed,          // Service Control Manager 7000, 7001, 7009, 7011, 7022 to 7024, 7031, 7034 of our services
    service_changed,         // Service Control Manager 7036, 7040, 7045 of our services
    firewall_changed,        // Windows Firewall 2002 to 2009, 2033 and their successors
    filter_blocked,          // Security 5152, 5155, 5157, 5159 on the RDP port
    ports_exhausted,         // Tcpip 4227, 4231, 4266
    address_conflict,        // Tcpip 4199
    name_resolution_failed,  // DNS-Client 1014, 8015 to 8020
    secure_channel_failed,   // NETLOGON 5719, 3210
    domain_not_reached,      // RCM 1061, 1067: what Remote Desktop asks the domain for
    licensing_failed,        // RCM 1003, 1004, 1011, 1028 (of one client), 1068, 1069, 1128 to 1133, 50280 to 50285
    memory_exhausted,        // Resource-Exhaustion-Detector 2004
    desktop_heap_exhausted,  // Win32k 243, 244
    provider_changed,        // Winsock-WS2HELP 1 to 4
    slow_connection,         // RdpCoreTS 137; 133 with a long round trip
    broker_failed,           // SessionBroker 2056: the broker on this host cannot log on to its database
    broker_not_ready,        // SessionBroker-Client 1296: the broker does not answer this host
    gateway_connected,       // TerminalServices-Gateway 302: a client got through the RD Gateway on this host
    gateway_refused,         // 201, 204, 301, 308: by a policy of the gateway; 203: it takes no more connections
    gateway_unreachable,     // 304: the host behind the gateway was not reached
    gateway_certificate,     // 102, 103, 306: the gateway has no certificate that it can use
    connection_declined,     // RCM 1151: whoever is logged on did not make room for the one who came
};
const char* name_of(Kind kind) noexcept; // "key_unreadable"
std::optional<Kind> kind_from_name(std::string_view name) noexcept;

struct Tally {
    std::uint32_t count = 0; // of events, not of connections: one arrival alone can leave three
    Time first{}, last{};
    std::map<std::uint32_t, std::uint32_t> ids; // how often each event id came
    // Of those of Schannel: came with the arrival of a client, or were caused by TermService. The others can be of any
    // TLS server of the host.
    std::uint32_t of_rdp = 0;
    std::uint32_t of_loopback = 0;    // of clients that came from this host itself: 127.0.0.0/8 or ::1
    std::vector<std::string> samples; // the last few, one line each: what, when, from where
};

// A while, both ends in it.
struct Span {
    Time from{}, until{};
};

struct Facts {
    Time from{};                         // nothing before this was looked at
    std::optional<Time> until{};         // nor anything after this; empty: up to the look
    std::map<Kind, Tally> seen;          // events that our own handshakes caused are not among them
    std::map<std::string, Error> unread; // by the name of the query: what could not be read
    // By query, where a first look had more records than it takes: what is older than this was left out.
    std::map<std::string, Time> read_since;
    std::set<std::string> behind;               // queries whose newest records come with the next look
    std::map<std::string, Time> services_down;  // failed then, and were not seen to run since or now; by name
    std::uint32_t ours = 0;                     // events left out because our own handshakes caused them
    std::map<Kind, std::uint32_t> ours_by_kind; // a key that was unreadable just then is the listener's
    // Our own handshakes of a minute ago or more that got through TLS at a time of which there is no arrival: a log
    // that does not show them cannot show that no client came.
    std::uint32_t ours_not_logged = 0;
    // EventLogging of Schannel. not_found: the default, errors are logged.
    Result<std::uint32_t> schannel_logging = Error{Errc::not_found, 0, "not asked"};
    Result<Setting> rdp_switch = Error{Errc::unsupported, 0, "not read"}; // fDenyTSConnections
    std::optional<Time> tls_worked; // our last handshake, if it completed TLS and is in the window
};

inline const RegistryPath schannel_key{R"(SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL)"};

// Does Schannel log its errors, the kinds above with its name? Bit 1 of EventLogging, on by default; nothing where the
// value could not be read. Pure. https://support.microsoft.com/kb/260729
std::optional<bool> logs_schannel_errors(const Facts& facts);

// Looks from where the last look ended (context.notes) and joins it with what was seen before, at most
// context.limits.evidence_window old. Without notes the whole window is read. `own` is asked after the logs are read,
// so that a handshake that is under way then can still be known. Blocks as Host does.
Result<Facts> collect(const Host& host, const JudgeContext& context, const OwnHandshakes* own = nullptr);

// What the logs say of a while that somebody asks about. Remembers nothing. A log that does not reach back to its begin
// is in `unread`: that it holds no event proves nothing then. A recording reaches back as far as the evidence window.
Result<Facts> collect_span(const Host& host, const JudgeContext& context, const Span& span,
                           const OwnHandshakes* own = nullptr);

std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::events
