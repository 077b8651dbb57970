// Which events does the probe ask for?
#include "probes/events_queries.hpp"

namespace rdpmedic::events {
namespace {

struct Select {
    const char* provider; // null where the channel has one provider
    const char* ids;      // what the queries of Windows know of XPath
};

// At most 32 expressions a Select: https://learn.microsoft.com/windows/win32/wes/queryschema-querytype-complextype
constexpr Select system_selects[] = {
    {"Microsoft-Windows-TerminalServices-RemoteConnectionManager",
     "EventID=1003 or EventID=1004 or EventID=1006 or EventID=1011 or EventID=1012 or EventID=1028 or "
     "EventID=1035 or EventID=1036 or EventID=1041 or (EventID >= 1050 and EventID <= 1059) or EventID=1061 or "
     "EventID=1062 or EventID=1064 or EventID=1065 or EventID=1067 or "
     "(EventID >= 1068 and EventID <= 1070) or (EventID >= 1128 and EventID <= 1133)"},
    {"Schannel", "(EventID >= 36869 and EventID <= 36872) or EventID=36874 or EventID=36886"},
    {"Service Control Manager", "EventID=7000 or EventID=7001 or EventID=7009 or EventID=7011 or "
                                "(EventID >= 7022 and EventID <= 7024) or EventID=7031 or EventID=7034"},
    {"Tcpip", "EventID=4199 or EventID=4227 or EventID=4231 or EventID=4266"},
    // MEM: 8015 to 8020, a registration that failed, are in this log.
    {"Microsoft-Windows-DNS-Client", "EventID=1014 or (EventID >= 8015 and EventID <= 8020)"},
    {"NETLOGON", "EventID=3210 or EventID=5719"},
    {"Microsoft-Windows-Resource-Exhaustion-Detector", "EventID=2004"},
    {"Win32k", "EventID=243 or EventID=244"},
    {"Microsoft-Windows-Win32k", "EventID=243 or EventID=244"},
    {"TermDD", "EventID=50 or EventID=56"},
};
constexpr Select alerts{"Schannel", "EventID=36887 or EventID=36888"};
constexpr Select changes{"Service Control Manager", "EventID=7036 or EventID=7040 or EventID=7045"};
constexpr Select admin{nullptr, "EventID=1003 or EventID=1004 or EventID=1006 or EventID=1011 or EventID=1028 or "
                                "EventID=1068 or EventID=1069 or EventID=1157 or EventID=1158 or "
                                "(EventID >= 1128 and EventID <= 1133) or (EventID >= 50280 and EventID <= 50285)"};
// MEM: 1003, 1004, 1011 and 1028, about the licence of one client, are in this log, in `admin` or in System: each is
// asked.
// Without 260: the channel Analytic has it, which is switched off and cannot be asked by time.
constexpr Select listener{
    nullptr, "EventID=258 or EventID=259 or (EventID >= 261 and EventID <= 263) or EventID=1003 or EventID=1004 or "
             "EventID=1011 or EventID=1028 or EventID=1149 or EventID=1151"};
constexpr Select transport{nullptr, "EventID=66 or EventID=97 or EventID=99 or EventID=102 or EventID=103 or "
                                    "EventID=131 or EventID=133 or EventID=137 or EventID=139 or EventID=140 or "
                                    "EventID=142 or EventID=143 or EventID=146 or EventID=147 or EventID=149 or "
                                    "EventID=226"};
constexpr Select sessions{nullptr, "(EventID >= 16 and EventID <= 19) or EventID=21 or EventID=22 or EventID=24 or "
                                   "EventID=25 or EventID=33 or (EventID >= 35 and EventID <= 37) or "
                                   "(EventID >= 39 and EventID <= 45) or (EventID >= 48 and EventID <= 53)"};
constexpr Select firewall{nullptr, "(EventID >= 2002 and EventID <= 2009) or EventID=2033 or EventID=2052 or "
                                   "EventID=2071 or EventID=2073 or EventID=2097 or EventID=2099"};
constexpr Select broker{nullptr, "EventID=2056"};
// Its own channel and not System:
// https://learn.microsoft.com/windows/win32/winsock/winsock-layered-service-provider-tracing-event-details
constexpr Select winsock{nullptr, "EventID >= 1 and EventID <= 4"};
constexpr Select broker_client{nullptr, "EventID=1296"};
constexpr Select gateway{nullptr, "EventID=102 or EventID=103 or EventID=201 or EventID=203 or EventID=204 or "
                                  "EventID=301 or EventID=302 or EventID=304 or EventID=306 or EventID=308"};
constexpr Select logons{nullptr, "EventID=4624"};
constexpr Select refusals{nullptr, "EventID=4625"};
constexpr Select blocked{nullptr, "EventID=5152 or EventID=5155 or EventID=5157 or EventID=5159"};

// https://learn.microsoft.com/windows/win32/wes/consuming-events
std::string time_of(const Ages& ages) {
    std::string text = "TimeCreated[timediff(@SystemTime) <= " + std::to_string(ages.oldest.count());
    if (ages.youngest.count() > 0)
        text += " and timediff(@SystemTime) >= " + std::to_string(ages.youngest.count());
    return text + "]";
}

// `data` is about EventData and comes behind what System must be.
std::string xpath(const Select& select, const Ages& ages, const std::string& data = {}) {
    const std::string provider =
        select.provider ? "Provider[@Name='" + std::string(select.provider) + "'] and " : std::string();
    return "*[System[" + provider + "(" + select.ids + ") and " + time_of(ages) + "]" +
           (data.empty() ? "" : " and EventData[" + data + "]") + "]";
}

// Inside a <QueryList> the text is XML: https://learn.microsoft.com/windows/win32/wes/consuming-events
std::string escaped(std::string text) {
    for (std::size_t at = 0; (at = text.find_first_of("<>", at)) != std::string::npos; ++at)
        text.replace(at, 1, text[at] == '<' ? "&lt;" : "&gt;");
    return text;
}

std::string system_list(const Ages& ages) {
    std::string list = "<QueryList><Query Id=\"0\" Path=\"System\">";
    for (const Select& select : system_selects)
        list += "<Select Path=\"System\">" + escaped(xpath(select, ages)) + "</Select>";
    return list + "</Query></QueryList>";
}

} // namespace

std::vector<EventQuery> queries(const Ages& ages, std::uint16_t port) {
    const std::string manager = "Microsoft-Windows-TerminalServices-";
    const std::string on_port = "Data[@Name='DestPort']='" + std::to_string(port) + "' or Data[@Name='SourcePort']='" +
                                std::to_string(port) + "'";
    // Logons over the network (3) are not asked for: a file server has thousands, and those of RDP are RCM 1149 too.
    const std::string remote = "Data[@Name='LogonType']='10'";
    const std::string refused = remote + " or Data[@Name='LogonType']='3'";
    std::vector<EventQuery> list;
    const auto ask = [&list](const char* name, const std::string& channel, std::string query) {
        EventQuery one;
        one.name = name;
        one.channel = channel;
        one.query = std::move(query);
        list.push_back(std::move(one));
    };
    ask("system", "", system_list(ages));
    ask("tls_alerts", "System", xpath(alerts, ages));
    ask("service_changes", "System", xpath(changes, ages));
    ask("admin", manager + "RemoteConnectionManager/Admin", xpath(admin, ages));
    ask("listener", manager + "RemoteConnectionManager/Operational", xpath(listener, ages));
    ask("transport", "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational", xpath(transport, ages));
    ask("sessions", manager + "LocalSessionManager/Operational", xpath(sessions, ages));
    ask("firewall", "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", xpath(firewall, ages));
    ask("broker", manager + "SessionBroker/Operational", xpath(broker, ages));
    ask("broker_client", manager + "SessionBroker-Client/Operational", xpath(broker_client, ages));
    ask("gateway", manager + "Gateway/Operational", xpath(gateway, ages));
    ask("winsock", "Microsoft-Windows-Winsock-WS2HELP/Operational", xpath(winsock, ages));
    ask("logons", "Security", xpath(logons, ages, remote));
    ask("refusals", "Security", xpath(refusals, ages, refused));
    ask("blocked", "Security", xpath(blocked, ages, on_port));
    return list;
}

EventQuery older_than(std::chrono::milliseconds age, const std::string& channel) {
    EventQuery query = any_of(channel);
    query.name = "older " + channel;
    query.query = "*[System[TimeCreated[timediff(@SystemTime) >= " + std::to_string(age.count()) + "]]]";
    return query;
}

EventQuery any_of(const std::string& channel) {
    EventQuery query;
    query.name = "any " + channel;
    query.channel = channel;
    query.query = "*";
    query.limit = 1;
    return query;
}

// MEM: the number, its provider and the field.
EventQuery cleared_since(std::chrono::milliseconds age) {
    EventQuery query;
    query.name = "cleared";
    query.channel = "System";
    query.query = xpath({"Microsoft-Windows-Eventlog", "EventID=104"}, {std::chrono::milliseconds{0}, age});
    return query;
}

} // namespace rdpmedic::events
