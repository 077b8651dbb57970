// What does one event mean for RDP?
#include "probes/events_classify.hpp"

#include "probes/formats/utf16.hpp"
#include "probes/letter_case.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::events {
namespace {

constexpr std::string_view rdp_core = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS";
constexpr std::string_view connection_manager = "Microsoft-Windows-TerminalServices-RemoteConnectionManager";
constexpr std::string_view session_manager = "Microsoft-Windows-TerminalServices-LocalSessionManager";
constexpr std::string_view session_broker = "Microsoft-Windows-TerminalServices-SessionBroker";
constexpr std::string_view session_broker_client = "Microsoft-Windows-TerminalServices-SessionBroker-Client";
constexpr std::string_view rd_gateway = "Microsoft-Windows-TerminalServices-Gateway";
constexpr std::string_view service_manager = "Service Control Manager";
constexpr std::string_view firewall = "Microsoft-Windows-Windows Firewall With Advanced Security";
constexpr std::string_view security = "Microsoft-Windows-Security-Auditing";
constexpr std::string_view dns = "Microsoft-Windows-DNS-Client";

// The services without which nobody can log on through RDP.
constexpr std::array our_services{"TermService", "SessionEnv",  "UmRdpService", "LSM",        "MpsSvc",
                                  "BFE",         "RpcSs",       "RpcEptMapper", "DcomLaunch", "KeyIso",
                                  "CryptSvc",    "CertPropSvc", "SamSs",        "Netlogon"};

// As it is spelled there; empty for any other service.
std::string_view our_name(std::string_view service) {
    const auto found = std::find_if(our_services.begin(), our_services.end(),
                                    [service](const char* ours) { return same_ignoring_case(service, ours); });
    return found == our_services.end() ? std::string_view() : *found;
}

bool is_ours(std::string_view service) { return !our_name(service).empty(); }

// An event of a failure holds its code under one of these names; none of them is an event of a failure all the same.
bool has_error(const EventRecord& record, const Ground&) {
    for (const char* name : {"ErrorCode", "ResultCode", "error", "Error"})
        if (const auto code = record.number(name))
            return *code != 0;
    return true;
}

// 103 closes every connection and gives the reason, in the numbers of
// https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/ (section 2.2.5.1.1).
// DERIVED: of these only "out of memory" (6), "denied" (7) and an HRESULT are failures of the host.
bool has_failed(const EventRecord& record, const Ground&) {
    const auto reason = record.number("ReasonCode");
    return reason && (*reason == 6 || *reason == 7 || *reason >= 0x80000000U);
}

bool is_slow(const EventRecord& record, const Ground& ground) {
    const auto round_trip = record.number("RTT"); // milliseconds, by the text of 133 (see the sources of `rows`)
    return round_trip && *round_trip >= static_cast<std::uint64_t>(ground.slow_round_trip.count());
}

// The console has a word that Windows translates in the place of the address ("LOCAL"): only addresses are remote.
bool is_remote(const EventRecord& record, const Ground&) {
    const std::string address = without_port(record.field("Address"));
    return address.find_first_of(".:") != std::string::npos &&
           address.find_first_not_of("0123456789abcdefABCDEF.:%") == std::string::npos;
}

// Why a session was disconnected. Small numbers are those of the extended disconnect reasons, large ones HRESULTs: the
// connection was lost (0x80070040) or stalled (0x80070079).
// https://learn.microsoft.com/windows/win32/termserv/extendeddisconnectreasoncode
// https://github.com/EricZimmerman/evtx (the map of LSM 40)
template <std::uint64_t... reasons>
bool has_reason(const EventRecord& record, const Ground&) {
    const auto reason = record.number("Reason");
    return reason && ((*reason == reasons) || ...);
}

bool is_lost(const EventRecord& record, const Ground&) { return record.number("Reason").value_or(0) >= 0x80000000U; }

// 11 and 12: the user disconnected or logged off.
bool is_not_the_users_wish(const EventRecord& record, const Ground&) {
    const std::string_view reason = record.field("Reason");
    return reason != "11" && reason != "12";
}

// 1012 has the name of the client. MEM: at the machine itself it is "Console", in every language.
// https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/ee891036(v=ws.10)
bool is_of_a_client(const EventRecord& record, const Ground&) {
    return std::none_of(record.unnamed.begin(), record.unnamed.end(),
                        [](const std::string& value) { return same_ignoring_case(value, "Console"); });
}

// 39 names who disconnected whose session; a user who did so himself is both.
bool is_by_another_session(const EventRecord& record, const Ground&) {
    const std::string_view target = record.field("TargetSession"), source = record.field("Source");
    return !target.empty() && !source.empty() && target != source;
}

bool is_udp(const EventRecord& record, const Ground&) { return record.field("ConnType") == "UDP"; }

// Schannel logs for every TLS program of the host. MEM: Type is "client" in every language.
bool is_server_side(const EventRecord& record, const Ground& ground) {
    return !same_ignoring_case(record.field("Type"), "client") && caused_by_term_service(record, ground).value_or(true);
}

bool has_no_protocol(const EventRecord& record, const Ground& ground) {
    return record.number("ErrorState") == 10013U && is_server_side(record, ground);
}

bool has_no_cipher(const EventRecord& record, const Ground& ground) {
    return record.number("ErrorState") == 1205U && is_server_side(record, ground);
}

bool is_of_our_service(const EventRecord& record, const Ground& ground) { return is_ours(service_of(record, ground)); }

bool is_word(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (list.substr(0, comma) == word)
            return true;
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
    return false;
}

// A rule of another program or another port says nothing about RDP, and stores change such rules all day. A deleted
// rule has its id alone.
bool is_rule_of_rdp(const EventRecord& record, const Ground& ground) {
    if (contains_ignoring_case(record.field("RuleId"), "RemoteDesktop") ||
        same_ignoring_case(record.field("ServiceName"), "TermService"))
        return true;
    const std::string_view ports = record.field("LocalPorts"), program = record.field("ApplicationPath"),
                           service = record.field("ServiceName");
    const bool any_program = program.empty() || program == "*" || same_ignoring_case(program, "System") ||
                             contains_ignoring_case(program, "\\svchost.exe");
    return any_program && (service.empty() || service == "*") &&
           (ports == "*" || is_word(ports, std::to_string(ground.port)));
}

// 3 is any logon over the network, as with NLA and with file shares; 10 is RDP alone.
// https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4624
bool may_be_rdp_logon(const EventRecord& record, const Ground&) {
    const auto type = record.number("LogonType");
    return type == 10U || type == 3U;
}

// What Windows blocked was coming in for the RDP port. %%14592 is the direction "inbound" in every language. 5155 and
// 5159 have no direction, and the own port as SourcePort. 5157 calls the own side the source in the example of its page
// and the destination on newer hosts: either counts. 5152 calls the sender the source, and a packet from port 3389 of
// another machine is the late answer of a server that this host was a client of.
// https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-5152
// and event-5155, event-5157, event-5159 beside it
bool is_on_our_port(const EventRecord& record, const Ground& ground) {
    if (record.id == 5155 || record.id == 5159)
        return record.number("SourcePort") == ground.port;
    return record.field("Direction") == "%%14592" &&
           (record.number("DestPort") == ground.port ||
            (record.id == 5157 && record.number("SourcePort") == ground.port));
}

struct Row {
    std::string_view provider;
    std::uint32_t first, last; // ids
    Kind kind;
    bool (*counts)(const EventRecord&, const Ground&) = nullptr; // always, where there is none
};

// The first row that counts decides. Without a row: RdpCoreTS 65, which comes with every 131; 134, which tells the
// default round trip because none was measured; 227, which real hosts log when any connection ends. What the ids mean:
// https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton
// https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/cc775339(v=ws.10)
// https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-r2-and-2008/dd349307(v=ws.10) (2009)
// https://github.com/nasbench/EVTX-ETW-Resources (the texts of RdpCoreTS, and RCM 1151)
constexpr std::array rows{
    Row{rdp_core, 131, 131, Kind::udp_arrival, is_udp},
    Row{rdp_core, 131, 131, Kind::arrival},
    Row{rdp_core, 66, 66, Kind::session_assigned},
    Row{rdp_core, 97, 97, Kind::transport_failed, has_error},
    Row{rdp_core, 99, 99, Kind::transport_failed, has_error},
    Row{rdp_core, 102, 102, Kind::closed_early},
    Row{rdp_core, 103, 103, Kind::transport_failed, has_failed},
    Row{rdp_core, 142, 143, Kind::transport_failed, has_error},
    Row{rdp_core, 226, 226, Kind::transport_failed, has_error},
    Row{rdp_core, 133, 133, Kind::slow_connection, is_slow},
    Row{rdp_core, 137, 137, Kind::slow_connection},
    Row{rdp_core, 139, 139, Kind::security_layer_failed},
    Row{rdp_core, 140, 140, Kind::bad_credentials},
    // DERIVED: only a connection that was lost reconnects by itself, and this one could not.
    Row{rdp_core, 146, 146, Kind::session_lost},
    Row{rdp_core, 147, 147, Kind::bad_credentials, has_error},
    Row{rdp_core, 149, 149, Kind::bad_credentials, has_error},
    Row{"TermDD", 50, 50, Kind::transport_failed},
    Row{"TermDD", 56, 56, Kind::security_layer_failed},

    Row{connection_manager, 258, 258, Kind::listener_started},
    Row{connection_manager, 259, 259, Kind::listener_stopped},
    Row{connection_manager, 261, 261, Kind::arrival},
    Row{connection_manager, 262, 263, Kind::listener_stopped},
    // https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/ee890984(v=ws.10)
    Row{connection_manager, 1003, 1004, Kind::licensing_failed},
    Row{connection_manager, 1006, 1006, Kind::flood},
    Row{connection_manager, 1011, 1011, Kind::licensing_failed},
    Row{connection_manager, 1012, 1012, Kind::bad_credentials, is_of_a_client},
    Row{connection_manager, 1028, 1028, Kind::licensing_failed},
    Row{connection_manager, 1035, 1036, Kind::listener_failed},
    // https://systemcenter.wiki/?GetElement=TS_denied_client_auto_reconnection_request_2003&Type=Rule&ManagementPack=Microsoft.Windows.Server.TerminalService.2003
    Row{connection_manager, 1041, 1041, Kind::session_lost},
    Row{connection_manager, 1050, 1050, Kind::listener_changed},
    Row{connection_manager, 1051, 1051, Kind::certificate_unusable},
    Row{connection_manager, 1052, 1052, Kind::certificate_expires},
    Row{connection_manager, 1053, 1055, Kind::certificate_unusable},
    Row{connection_manager, 1056, 1056, Kind::certificate_created},
    Row{connection_manager, 1057, 1058, Kind::certificate_not_created},
    Row{connection_manager, 1059, 1059, Kind::certificate_unusable},
    // 1061: https://github.com/nasbench/EVTX-ETW-Resources; MEM: 1067 is a service principal name that could not be
    // registered.
    Row{connection_manager, 1061, 1061, Kind::domain_not_reached},
    Row{connection_manager, 1062, 1062, Kind::certificate_unusable},
    Row{connection_manager, 1064, 1065, Kind::certificate_unusable},
    Row{connection_manager, 1067, 1067, Kind::domain_not_reached},
    Row{connection_manager, 1068, 1069, Kind::licensing_failed},
    Row{connection_manager, 1070, 1070, Kind::drain_mode},
    Row{connection_manager, 1128, 1133, Kind::licensing_failed},
    Row{connection_manager, 1149, 1149, Kind::authenticated},
    Row{connection_manager, 1151, 1151, Kind::connection_declined},
    Row{connection_manager, 1157, 1157, Kind::listener_changed},
    Row{connection_manager, 1158, 1158, Kind::arrival},
    // The same six as 1128 to 1133, numbered anew in Server 2019.
    Row{connection_manager, 50280, 50285, Kind::licensing_failed},

    Row{session_broker, 2056, 2056, Kind::broker_failed},
    Row{session_broker_client, 1296, 1296, Kind::broker_not_ready},

    // https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/ee891388(v=ws.10)
    // https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/ee907376(v=ws.10)
    Row{rd_gateway, 102, 103, Kind::gateway_certificate},
    Row{rd_gateway, 201, 201, Kind::gateway_refused},
    Row{rd_gateway, 203, 204, Kind::gateway_refused},
    Row{rd_gateway, 301, 301, Kind::gateway_refused},
    Row{rd_gateway, 302, 302, Kind::gateway_connected},
    Row{rd_gateway, 304, 304, Kind::gateway_unreachable},
    // A tunnel could not be created, for which Microsoft names the certificate:
    // https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/ee907345(v=ws.10)
    Row{rd_gateway, 306, 306, Kind::gateway_certificate}, // DERIVED: the page on it supposes that it is the certificate
    Row{rd_gateway, 308, 308, Kind::gateway_refused},

    Row{session_manager, 16, 19, Kind::session_manager_failed},
    Row{session_manager, 21, 22, Kind::logon, is_remote},
    Row{session_manager, 25, 25, Kind::logon, is_remote},
    Row{session_manager, 33, 33, Kind::session_manager_failed},
    Row{session_manager, 35, 37, Kind::session_manager_slow},
    Row{session_manager, 39, 39, Kind::session_ended_by_other, is_by_another_session},
    // 24 comes with a 40, which knows why.
    Row{session_manager, 40, 40, Kind::session_lost, is_lost},
    Row{session_manager, 40, 40, Kind::session_ended_by_other, has_reason<1, 2>},
    Row{session_manager, 40, 40, Kind::session_limit_reached, has_reason<3, 4>},
    Row{session_manager, 40, 40, Kind::session_replaced, has_reason<5>},
    Row{session_manager, 40, 40, Kind::session_out_of_memory, has_reason<6>},
    // DERIVED: 7 is what the client shows as extended code 7.
    Row{session_manager, 40, 40, Kind::session_denied, has_reason<7, 9, 10>},
    Row{session_manager, 40, 40, Kind::session_disconnected, is_not_the_users_wish},
    Row{session_manager, 41, 41, Kind::session_arbitration},
    Row{session_manager, 43, 45, Kind::session_manager_slow},
    Row{session_manager, 48, 53, Kind::session_manager_slow},

    // 36876 and 36881 to 36884 are about certificates of servers that this host asked: never evidence, hence no rows.
    Row{"Schannel", 36869, 36870, Kind::key_unreadable, is_server_side},
    Row{"Schannel", 36871, 36871, Kind::tls_protocols_disabled, has_no_protocol},
    Row{"Schannel", 36871, 36872, Kind::tls_credential_failed, is_server_side},
    Row{"Schannel", 36874, 36874, Kind::no_common_cipher, is_server_side},
    Row{"Schannel", 36886, 36886, Kind::tls_credential_failed, is_server_side},
    Row{"Schannel", 36888, 36888, Kind::no_common_cipher, has_no_cipher},
    Row{"Schannel", 36887, 36888, Kind::tls_alert, is_server_side},

    Row{service_manager, 7000, 7001, Kind::service_failed, is_of_our_service},
    Row{service_manager, 7009, 7009, Kind::service_failed, is_of_our_service},
    Row{service_manager, 7011, 7011, Kind::service_failed, is_of_our_service},
    Row{service_manager, 7022, 7024, Kind::service_failed, is_of_our_service},
    Row{service_manager, 7031, 7031, Kind::service_failed, is_of_our_service},
    Row{service_manager, 7034, 7034, Kind::service_failed, is_of_our_service},
    Row{service_manager, 7036, 7036, Kind::service_changed, is_of_our_service},
    Row{service_manager, 7040, 7040, Kind::service_changed, is_of_our_service},
    Row{service_manager, 7045, 7045, Kind::service_changed, is_of_our_service},

    Row{firewall, 2002, 2003, Kind::firewall_changed},
    Row{firewall, 2004, 2006, Kind::firewall_changed, is_rule_of_rdp},
    Row{firewall, 2007, 2009, Kind::firewall_changed},
    Row{firewall, 2033, 2033, Kind::firewall_changed}, // MEM: all rules of a store were deleted
    // DERIVED from their fields: added, modified and deleted, as newer Windows 11 numbers them.
    Row{firewall, 2052, 2052, Kind::firewall_changed, is_rule_of_rdp},
    Row{firewall, 2071, 2071, Kind::firewall_changed, is_rule_of_rdp},
    Row{firewall, 2073, 2073, Kind::firewall_changed, is_rule_of_rdp},
    Row{firewall, 2097, 2097, Kind::firewall_changed, is_rule_of_rdp},
    Row{firewall, 2099, 2099, Kind::firewall_changed, is_rule_of_rdp},

    Row{security, 4624, 4624, Kind::logon, may_be_rdp_logon},
    Row{security, 4625, 4625, Kind::bad_credentials, may_be_rdp_logon},
    Row{security, 5152, 5152, Kind::filter_blocked, is_on_our_port},
    Row{security, 5155, 5155, Kind::filter_blocked, is_on_our_port},
    Row{security, 5157, 5157, Kind::filter_blocked, is_on_our_port},
    Row{security, 5159, 5159, Kind::filter_blocked, is_on_our_port},

    // https://learn.microsoft.com/troubleshoot/windows-client/networking/tcp-ip-port-exhaustion-troubleshooting
    Row{"Tcpip", 4199, 4199, Kind::address_conflict},
    Row{"Tcpip", 4227, 4227, Kind::ports_exhausted},
    Row{"Tcpip", 4231, 4231, Kind::ports_exhausted},
    Row{"Tcpip", 4266, 4266, Kind::ports_exhausted},
    Row{dns, 1014, 1014, Kind::name_resolution_failed},
    Row{dns, 8015, 8020, Kind::name_resolution_failed},
    Row{"NETLOGON", 3210, 3210, Kind::secure_channel_failed},
    Row{"NETLOGON", 5719, 5719, Kind::secure_channel_failed},
    Row{"Microsoft-Windows-Resource-Exhaustion-Detector", 2004, 2004, Kind::memory_exhausted},
    // https://learn.microsoft.com/troubleshoot/windows-server/performance/desktop-heap-limitation-out-of-memory
    Row{"Win32k", 243, 244, Kind::desktop_heap_exhausted},
    Row{"Microsoft-Windows-Win32k", 243, 244, Kind::desktop_heap_exhausted},
    Row{"Microsoft-Windows-Winsock-WS2HELP", 1, 4, Kind::provider_changed},
};

} // namespace

std::optional<Kind> classify(const EventRecord& record, const Ground& ground) {
    for (const Row& row : rows)
        if (record.id >= row.first && record.id <= row.last && same_ignoring_case(record.provider, row.provider) &&
            (!row.counts || row.counts(record, ground)))
            return row.kind;
    return std::nullopt;
}

std::optional<bool> caused_by_term_service(const EventRecord& record, const Ground& ground) {
    const auto caller = record.number("CallerProcessId");
    if (!caller || ground.term_service == 0)
        return std::nullopt;
    // Before TermService was started anew it had another process; its program is all that is left to compare.
    if (ground.term_service_started && record.time < *ground.term_service_started) {
        const std::string_view image = record.field("CallerProcessImageName");
        if (image.empty() || contains_ignoring_case(image, "svchost"))
            return std::nullopt;
        return false;
    }
    return *caller == ground.term_service;
}

// Binary is the name of the service, as UTF-16 with a NUL behind it, for 7036 with "/4" or another state before the
// NUL. 7040 has the name in param4, 7011 in param2; elsewhere these are display names, which Windows translates, as is
// ServiceName of 7045.
std::string service_of(const EventRecord& record, const Ground& ground) {
    std::string name = utf8_from_utf16le(record.binary.data(), record.binary.size());
    name.resize(std::min(name.find_first_of(std::string("/\0", 2)), name.size()));
    if (!name.empty())
        return is_ours(name) ? std::string(our_name(name)) : name;
    for (const char* field : {"param4", "param1", "param2", "ServiceName"}) {
        const std::string_view text = record.field(field);
        if (is_ours(text))
            return std::string(text);
        if (const auto found = ground.service_names.find(std::string(text)); found != ground.service_names.end())
            return found->second;
    }
    return {};
}

bool says_that_it_runs(const EventRecord& record) {
    if (!same_ignoring_case(record.provider, service_manager) || record.id != 7036)
        return false;
    std::string text = utf8_from_utf16le(record.binary.data(), record.binary.size());
    text.resize(std::min(text.find('\0'), text.size()));
    return text.ends_with("/4"); // SERVICE_RUNNING
}

std::string without_port(std::string_view address) {
    if (!address.empty() && address.front() == '[')
        return std::string(address.substr(1, address.find(']') - 1));
    const auto colon = address.rfind(':');
    if (colon != std::string_view::npos && address.find(':') == colon)
        address = address.substr(0, colon);
    return std::string(address);
}

std::string client_of(const EventRecord& record) {
    for (const char* name : {"ClientIP", "IPString", "IpAddress", "Address"})
        if (const std::string_view address = record.field(name); !address.empty())
            return without_port(address);
    if (same_ignoring_case(record.provider, connection_manager) && (record.id == 1149 || record.id == 1151))
        return without_port(record.field("Param3"));
    if (same_ignoring_case(record.provider, connection_manager) && record.id == 1158)
        return without_port(record.field("Param1"));
    return {};
}

} // namespace rdpmedic::events
