// Does each event mean what it says, and nothing where it does not speak of RDP?
#include "probes/events_classify.hpp"

#include "tests/support/event_text.hpp"
#include "tests/support/reg_file.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::events;
using namespace rdpmedic::testing;

namespace {

const std::string core = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS",
                  rcm = "Microsoft-Windows-TerminalServices-RemoteConnectionManager",
                  lsm = "Microsoft-Windows-TerminalServices-LocalSessionManager", scm = "Service Control Manager",
                  wall = "Microsoft-Windows-Windows Firewall With Advanced Security",
                  audit = "Microsoft-Windows-Security-Auditing", gateway = "Microsoft-Windows-TerminalServices-Gateway";

EventRecord record_of(const EventText& text) {
    const auto record = parse_event(xml_of(text));
    REQUIRE(record.has_value());
    return *record;
}

std::string meaning_of(const EventText& text, const Ground& ground = {}) {
    const auto kind = classify(record_of(text), ground);
    return kind ? name_of(*kind) : "";
}

struct Expected {
    std::string provider;
    std::vector<unsigned> ids;
    const char* meaning;
    EventFields fields{};
    std::string binary{};
};

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

} // namespace

TEST_CASE("each event has its meaning") {
    const std::string term_service = utf16_hex("TermService"), running = utf16_hex("termservice/4");
    const auto expected = GENERATE_COPY(values<Expected>({
        {core, {131}, "arrival", {{"ConnType", "TCP"}, {"ClientIP", "192.0.2.7:51000"}}},
        {core, {131}, "udp_arrival", {{"ConnType", "UDP"}, {"ClientIP", "192.0.2.7:51000"}}},
        {core, {97, 99}, "transport_failed", {{"ResultCode", "0x80004005"}}},
        {core, {142, 143}, "transport_failed", {{"error", "64"}}},
        {core, {226}, "transport_failed", {{"EventName", "Event_Disconnect"}, {"ErrorCode", "0x80070040"}}},
        {core, {103}, "transport_failed", {{"ReasonCode", "7"}}},
        {core, {103}, "transport_failed", {{"ReasonCode", "2147942464"}}},
        {core, {139}, "security_layer_failed", {{"ResultCode", "0x80090304"}, {"IPString", "192.0.2.7"}}},
        {core, {140}, "bad_credentials", {{"IPString", "192.0.2.7"}}},
        {core, {147}, "bad_credentials", {{"Error", "0x8009030C"}}},
        {core, {149}, "bad_credentials", {{"ErrorCode", "0x800B0109"}}},
        {core, {146}, "session_lost", {{"Error", "ERROR_LOGON_FAILURE"}}},
        {core, {66}, "session_assigned", {{"ConnectionName", "RDP-Tcp#1"}, {"SessionID", "2"}}},
        {core, {102}, "closed_early"},
        {core, {133}, "slow_connection", {{"RTT", "150"}}},
        {core, {137}, "slow_connection"},
        {"TermDD", {50}, "transport_failed"},
        {"TermDD", {56}, "security_layer_failed"},
        {rcm, {261, 1158}, "arrival"},
        {rcm, {1149}, "authenticated"},
        {rcm, {1151}, "connection_declined", {{"Param1", "EXAMPLE"}, {"Param2", "user"}, {"Param3", "192.0.2.7"}}},
        {rcm, {258}, "listener_started"},
        {rcm, {259, 262, 263}, "listener_stopped"},
        {rcm, {1035, 1036}, "listener_failed"},
        {rcm, {1006}, "flood"},
        {rcm, {1012}, "bad_credentials", {{"", "PC07"}}},
        {rcm, {1051, 1053, 1054, 1055, 1059, 1062, 1064, 1065}, "certificate_unusable"},
        {rcm, {1056}, "certificate_created"},
        {rcm, {1052}, "certificate_expires"},
        {rcm, {1050, 1157}, "listener_changed"},
        {rcm, {1057, 1058}, "certificate_not_created"},
        {rcm, {1070}, "drain_mode"},
        {rcm, {1041}, "session_lost"},
        {rcm, {1061, 1067}, "domain_not_reached"},
        {rcm, {1003, 1004, 1011, 1028, 1068, 1069, 1128, 1133, 50280, 50285}, "licensing_failed"},
        {lsm, {21, 22, 25}, "logon", {{"User", "E\\a"}, {"SessionID", "2"}, {"Address", "192.0.2.7"}}},
        {lsm, {21}, "logon", {{"Address", "fe80::1%4"}}},
        {lsm, {24}, "", {{"Address", "192.0.2.7"}}},
        {lsm, {40}, "", {{"Session", "2"}, {"Reason", "11"}}},
        {lsm, {40}, "", {{"Session", "2"}, {"Reason", "12"}}},
        {lsm, {40}, "session_disconnected", {{"Session", "2"}, {"Reason", "0"}}},
        {lsm, {40}, "session_disconnected", {{"Session", "2"}, {"Reason", "14"}}},
        {lsm, {40}, "session_disconnected", {{"Session", "2"}}},
        {lsm, {40}, "session_ended_by_other", {{"Session", "2"}, {"Reason", "1"}}},
        {lsm, {40}, "session_ended_by_other", {{"Session", "2"}, {"Reason", "2"}}},
        {lsm, {40}, "session_limit_reached", {{"Session", "2"}, {"Reason", "3"}}},
        {lsm, {40}, "session_limit_reached", {{"Session", "2"}, {"Reason", "4"}}},
        {lsm, {40}, "session_replaced", {{"Session", "2"}, {"Reason", "5"}}},
        {lsm, {40}, "session_out_of_memory", {{"Session", "2"}, {"Reason", "6"}}},
        {lsm, {40}, "session_denied", {{"Session", "2"}, {"Reason", "7"}}},
        {lsm, {40}, "session_denied", {{"Session", "2"}, {"Reason", "9"}}},
        {lsm, {40}, "session_denied", {{"Session", "2"}, {"Reason", "10"}}},
        {lsm, {40}, "session_lost", {{"Session", "2"}, {"Reason", "2147942464"}}}, // 0x80070040
        {lsm, {40}, "session_lost", {{"Session", "2"}, {"Reason", "2147942521"}}}, // 0x80070079
        {lsm, {40}, "session_lost", {{"Session", "2"}, {"Reason", "2147483648"}}},
        {lsm, {40}, "session_disconnected", {{"Session", "2"}, {"Reason", "2147483647"}}},
        {lsm, {39}, "session_ended_by_other", {{"TargetSession", "6"}, {"Source", "8"}}},
        {lsm, {41}, "session_arbitration", {{"SessionID", "2"}}},
        {lsm, {35, 36, 37, 43, 44, 45, 48, 53}, "session_manager_slow"},
        {lsm, {16, 17, 18, 19, 33}, "session_manager_failed"},
        {"Schannel", {36869, 36870}, "key_unreadable", {{"Type", "server"}}},
        {"Schannel", {36871}, "tls_protocols_disabled", {{"Type", "server"}, {"ErrorState", "10013"}}},
        {"Schannel", {36871}, "tls_credential_failed", {{"Type", "server"}, {"ErrorState", "10001"}}},
        {"Schannel", {36872, 36886}, "tls_credential_failed"},
        {"Schannel", {36874}, "no_common_cipher", {{"Protocol", "TLS 1.2"}}},
        {"Schannel", {36888}, "no_common_cipher", {{"AlertDesc", "40"}, {"ErrorState", "1205"}}},
        {"Schannel", {36887, 36888}, "tls_alert", {{"AlertDesc", "70"}, {"ErrorState", "1000"}}},
        {scm, {7000, 7001, 7009, 7011, 7022, 7023, 7024, 7031, 7034}, "service_failed", {}, term_service},
        {scm, {7011}, "service_failed", {{"param1", "30000"}, {"param2", "TermService"}}},
        {scm, {7036}, "service_changed", {{"param1", "Remotedesktopdienste"}}, running},
        {scm, {7040}, "service_changed", {{"param1", "Anmeldedienst"}, {"param4", "Netlogon"}}},
        {scm, {7045}, "service_changed", {{"ServiceName", "TermService"}, {"ImagePath", "C:\\x.exe"}}},
        {wall, {2002, 2003, 2008, 2009, 2033}, "firewall_changed"},
        {wall,
         {2004, 2005, 2006, 2052, 2071, 2073, 2097, 2099},
         "firewall_changed",
         {{"RuleId", "RemoteDesktop-UserMode-In-TCP"}}},
        {wall,
         {2005},
         "firewall_changed",
         {{"RuleId", "{1}"}, {"LocalPorts", "80,3389"}, {"ApplicationPath", "System"}}},
        {gateway, {201, 203, 204, 301, 308}, "gateway_refused", {{"Username", "E\\a"}, {"ErrorCode", "23002"}}},
        {gateway, {302}, "gateway_connected", {{"Username", "E\\a"}, {"Resource", "host01"}}},
        {gateway, {304}, "gateway_unreachable", {{"Resource", "host01"}, {"ErrorCode", "2147965403"}}},
        {gateway, {102, 103, 306}, "gateway_certificate"},
        {gateway, {200, 205, 206, 300, 303, 312, 313}, ""},
        {core, {201, 302, 304}, ""},
        {audit, {4624}, "logon", {{"LogonType", "10"}}},
        {audit, {4625}, "bad_credentials", {{"LogonType", "3"}}},
        {audit, {5152, 5157}, "filter_blocked", {{"Direction", "%%14592"}, {"DestPort", "3389"}}},
        {audit, {5157}, "filter_blocked", {{"Direction", "%%14592"}, {"SourcePort", "3389"}, {"DestPort", "49218"}}},
        {audit, {5155, 5159}, "filter_blocked", {{"SourcePort", "3389"}}},
        {"Tcpip", {4227, 4231, 4266}, "ports_exhausted"},
        {"Tcpip", {4199}, "address_conflict"},
        {"Microsoft-Windows-DNS-Client", {1014, 8015, 8020}, "name_resolution_failed"},
        {"NETLOGON", {5719, 3210}, "secure_channel_failed"},
        {"Microsoft-Windows-Resource-Exhaustion-Detector", {2004}, "memory_exhausted"},
        {"Win32k", {243, 244}, "desktop_heap_exhausted"},
        {"Microsoft-Windows-Winsock-WS2HELP", {1, 4}, "provider_changed"},
    }));
    for (const unsigned id : expected.ids) {
        INFO(expected.provider << " " << id);
        CHECK(meaning_of({expected.provider, id, Time{}, expected.fields, expected.binary}) == expected.meaning);
    }
}

TEST_CASE("what does not speak of RDP on this host means nothing") {
    const auto other = GENERATE_COPY(values<Expected>({
        {core, {65, 100, 101, 132, 135, 141, 145, 148, 227, 258}, ""},
        {core, {134}, "", {{"ResultCode", "0x80070490"}, {"RTT", "500"}}}, // a default, not measured
        {core, {147}, "", {{"Error", "0x0"}}},
        {core, {103}, "", {{"ReasonCode", "12"}}},
        {core, {103}, ""},
        {core, {226}, "", {{"ErrorCode", "0"}}},
        {core, {133}, "", {{"RTT", "149"}}},
        {"Microsoft-Windows-TerminalServices-ClientActiveXCore", {226, 1026, 131}, "", {{"ErrorCode", "1"}}},
        {rcm, {1012}, "", {{"", "Console"}}}, // not of a client
        {rcm, {260, 1060, 20499, 20521, 1134, 50286}, ""},
        {lsm, {21, 22, 24, 25}, "", {{"Address", "LOCAL"}}},
        {lsm, {21}, "", {{"Address", "LOKAL"}}},
        {lsm, {23, 32, 34, 38, 39, 42, 46, 47, 54}, ""},
        {lsm, {39}, "", {{"TargetSession", "2"}, {"Source", "2"}}},
        {"Schannel", {36876, 36880, 36881, 36882, 36883, 36884}, "", {{"Type", "server"}}},
        {"Schannel", {36870, 36871, 36872, 36887, 36888}, "", {{"Type", "client"}, {"ErrorState", "10013"}}},
        {scm, {7031, 7034}, "", {{"param1", "Remote Desktop Services"}}},
        {scm, {7031}, "", {{"param1", "Windows Update"}}, utf16_hex("wuauserv")},
        {scm, {7036}, "", {{"param1", "x"}}, utf16_hex("gpsvc/1")},
        {scm, {7045}, "", {{"ServiceName", "PSEXESVC"}}},
        {"Netwtw06", {7036}, ""},
        {wall, {2004, 2005}, "", {{"RuleId", "{1}"}, {"LocalPorts", "*"}, {"ApplicationPath", "C:\\a\\anydesk.exe"}}},
        {wall, {2005}, "", {{"RuleId", "{1}"}, {"LocalPorts", "13389,33890"}, {"ApplicationPath", "System"}}},
        {wall, {2006}, "", {{"RuleId", "{3EBDF2BA-35BB-436E-A51B-F97D09E58C37}"}}},
        {audit, {4624, 4625}, "", {{"LogonType", "2"}}},
        {audit, {5152, 5157}, "", {{"Direction", "%%14593"}, {"DestPort", "3389"}}},
        {audit, {5152}, "", {{"Direction", "%%14592"}, {"DestPort", "445"}}},
        // The late answer of a server that this host was a client of.
        {audit, {5152}, "", {{"Direction", "%%14592"}, {"SourcePort", "3389"}, {"DestPort", "49218"}}},
        {audit, {5155, 5159}, "", {{"SourcePort", "49218"}, {"DestPort", "3389"}}},
        {"Tcpip", {4226}, ""},
        {"", {131}, ""},
    }));
    for (const unsigned id : other.ids) {
        INFO(other.provider << " " << id);
        CHECK(meaning_of({other.provider, id, Time{}, other.fields, other.binary}).empty());
    }
}

TEST_CASE("another port than 3389 can be the listener's") {
    Ground ground;
    ground.port = 4000;
    CHECK(meaning_of({audit, 5155, {}, {{"SourcePort", "4000"}}}, ground) == "filter_blocked");
    CHECK(meaning_of({audit, 5155, {}, {{"SourcePort", "3389"}}}, ground).empty());
}

TEST_CASE("a service runs again where the state behind its name is 4") {
    const auto runs = [](const EventText& text) { return says_that_it_runs(record_of(text)); };
    CHECK(runs({scm, 7036, {}, {{"param1", "x"}}, utf16_hex("termservice/4")}));
    CHECK_FALSE(runs({scm, 7036, {}, {{"param1", "x"}}, utf16_hex("termservice/1")}));
    CHECK_FALSE(runs({scm, 7036, {}, {{"param1", "x"}, {"param2", "4"}}}));
    CHECK_FALSE(runs({scm, 7040, {}, {}, utf16_hex("termservice/4")}));
    CHECK(service_of(record_of({scm, 7036, {}, {}, utf16_hex("termservice/4")}), {}) == "TermService");
}

TEST_CASE("a display name counts where the host says whose it is") {
    Ground ground;
    ground.service_names = {{"Remotedesktopdienste", "TermService"}, {"Windows Update", "wuauserv"}};
    CHECK(meaning_of({scm, 7034, {}, {{"param1", "Remotedesktopdienste"}}}, ground) == "service_failed");
    CHECK(meaning_of({scm, 7034, {}, {{"param1", "Windows Update"}}}, ground).empty());
    CHECK(meaning_of({scm, 7045, {}, {{"ServiceName", "Remotedesktopdienste"}}}, ground) == "service_changed");
}

TEST_CASE("where Schannel names the calling process, only TermService's counts") {
    const auto meaning = [](const std::string& caller, const std::string& image, int before_start) {
        Ground ground;
        ground.term_service = 1076;
        ground.term_service_started = Time{std::chrono::seconds{10000}};
        const Time time = *ground.term_service_started - std::chrono::seconds{before_start};
        return meaning_of({"Schannel",
                           36870,
                           time,
                           {{"CallerProcessId", caller}, {"CallerProcessImageName", image}, {"Type", "server"}}},
                          ground);
    };
    CHECK(meaning("1076", "svchost.exe", 0) == "key_unreadable");
    CHECK(meaning("0x434", "svchost.exe", 0) == "key_unreadable");
    CHECK(meaning("1077", "svchost.exe", 0).empty());
    // Of an earlier TermService, whose process is gone.
    CHECK(meaning("1077", "svchost.exe", 1) == "key_unreadable");
    CHECK(meaning("1077", "sqlservr.exe", 1).empty());
}

TEST_CASE("the client of an event is an address without its port") {
    const auto client = [](const EventText& text) { return client_of(record_of(text)); };
    CHECK(client({core, 131, {}, {{"ClientIP", "192.0.2.7:51000"}}}) == "192.0.2.7");
    CHECK(client({core, 131, {}, {{"ClientIP", "[2001:db8::1]:51000"}}}) == "2001:db8::1");
    CHECK(client({core, 131, {}, {{"ClientIP", "[192.0.2.10]:65464"}}}) == "192.0.2.10");
    CHECK(client({core, 140, {}, {{"IPString", "2001:db8::1"}}}) == "2001:db8::1");
    CHECK(client({rcm, 1149, {}, {{"Param1", "user"}, {"Param3", "192.0.2.7"}}}) == "192.0.2.7");
    CHECK(client({rcm, 1151, {}, {{"Param2", "user"}, {"Param3", "192.0.2.8:51000"}}}) == "192.0.2.8");
    CHECK(client({rcm, 261, {}, {{"listenerName", "RDP-Tcp"}}}).empty());
}

TEST_CASE("the events of real hosts mean what their index says") {
    const auto folder = samples_folder();
    if (!folder) {
        WARN("no samples beside the project: 0 files of events classified");
        return;
    }
    std::map<std::string, std::map<std::string, int>> seen;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder + "/events")) {
        if (entry.path().extension() != ".xml")
            continue;
        const std::string name = entry.path().stem().string();
        seen[name];
        for (const std::string& xml : events_in(text_of(entry.path())))
            if (const auto kind = classify(*parse_event(xml)))
                ++seen[name][name_of(*kind)];
    }
    using Kinds = std::map<std::string, int>;
    CHECK(seen["trace-win10-2018-internet-bruteforce-rdpcorets"] ==
          Kinds{{"arrival", 6}, {"bad_credentials", 5}, {"closed_early", 5}, {"transport_failed", 10}});
    CHECK(seen["trace-win10-2018-internet-bruteforce-rcm"] == Kinds{{"arrival", 40}});
    CHECK(seen["trace-ws2012r2-bruteforce-then-logon"] == Kinds{{"arrival", 30}, {"closed_early", 30}});
    CHECK(
        seen["trace-ws2012r2-disconnect-reconnect"] ==
        Kinds{{"arrival", 1}, {"closed_early", 1}, {"logon", 2}, {"session_arbitration", 1}, {"session_assigned", 1}});
    CHECK(seen["rcm-1056"].size() == 1);
    CHECK(seen["rcm-1056"].count("certificate_created") == 1);
    CHECK(seen["rcm-1067"] == Kinds{{"domain_not_reached", 1}});
    CHECK(seen["rdpcorets-139"] == Kinds{{"security_layer_failed", 1}});
    CHECK(seen["rdpcorets-140"] == Kinds{{"bad_credentials", 1}});
    CHECK(seen["termdd-56"] == Kinds{{"security_layer_failed", 2}});
    CHECK(seen["tcpip-4199"] == Kinds{{"address_conflict", 1}});
    // Crashes of services that RDP does not need.
    for (const char* name : {"scm-7023", "scm-7030", "scm-7031", "scm-7032", "Service-Control-Manager-7031",
                             "Service-Control-Manager-7034", "Service-Control-Manager-7036"})
        CHECK(seen[name].empty());
    // CryptSvc twice, RpcEptMapper, RpcSs, BFE, MpsSvc, UmRdpService, TermService, Netlogon.
    CHECK(seen["scm-7036"] == Kinds{{"service_changed", 9}});
    for (const char* name :
         {"rdpclient-226", "rdpclient-1026", "rcm-1012", "rcm-20499", "lsm-34", "lsm-39",
          "Windows-Firewall-With-Advanced-Security-2005", "Windows-Firewall-With-Advanced-Security-2006"})
        CHECK(seen[name].empty());
    WARN(seen.size() << " files of events classified");
}
