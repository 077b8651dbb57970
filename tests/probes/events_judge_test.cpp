// Do the event logs only become a finding when they must?
#include "tests/probes/events_look.hpp"
#include "tests/support/map_notebook.hpp"
#include "tests/support/reg_file.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::events;
using namespace rdpmedic::testing;

TEST_CASE("an unreadable key is a finding when it came with a client") {
    LogHost host;
    const Time then = host.time - minutes{10};
    SECTION("with a client") {
        host.write("transport", arrival(then, "192.0.2.7:51000"));
        host.write("system", schannel(36870, then));
        host.write("system", schannel(36870, then + seconds{1}));
        CHECK(look(host).seen.at(Kind::key_unreadable).of_rdp == 2);
        CHECK(codes(look(host)) == Codes{"events.key_unreadable warning"});
    }
    SECTION("without one it is of another TLS server") {
        host.write("system", schannel(36870, then));
        host.write("transport", arrival(then + minutes{1}, "192.0.2.7:51000"));
        const Facts facts = look(host);
        CHECK(facts.seen.at(Kind::key_unreadable).count == 1);
        CHECK(facts.seen.at(Kind::key_unreadable).of_rdp == 0);
        CHECK(codes(facts).empty());
    }
    SECTION("another TLS server that fails all the time is not RDP because a client comes") {
        for (int i = 0; i < 9; ++i)
            host.write("system", schannel(36870, then + minutes{i}));
        host.write("transport", arrival(then, "192.0.2.7:51000"));
        CHECK(codes(look(host)).empty());
    }
    SECTION("our own handshake gets through TLS afterwards") {
        host.write("transport", arrival(then, "192.0.2.7:51000"));
        host.write("system", schannel(36870, then));
        const Time later = then + minutes{3};
        CHECK(codes(look(host, nullptr, {{later, later, "127.0.0.1:1", true}})).empty());
        host.write("transport", arrival(then - minutes{3}, "127.0.0.1:1"));
        CHECK(codes(look(host, nullptr, {{then - minutes{3}, then - minutes{3}, "127.0.0.1:1", true}})).size() == 1);
    }
    SECTION("the client arrived in an earlier look") {
        MapNotebook notes;
        host.write("transport", arrival(then, "192.0.2.7:51000"));
        look(host, &notes);
        host.write("system", schannel(36870, then + seconds{1}));
        CHECK(codes(look(host, &notes)) == Codes{"events.key_unreadable warning"});
    }
    SECTION("the channel of the transport cannot be read") {
        host.broken["transport"] = {Errc::access_denied, 5, "EvtQuery"};
        host.write("listener", {connection_manager, 261, then, {{"listenerName", "RDP-Tcp"}}, "", 1, "", true});
        host.write("system", schannel(36870, then));
        CHECK(codes(look(host)) == Codes{"events.key_unreadable warning", "events.unknown unknown"});
    }
    SECTION("Schannel names TermService as the caller") {
        ServiceFacts service;
        service.name = "TermService";
        service.process_id = 1076;
        host.services["termservice"] = service;
        host.write("system", schannel(36870, then, {{"CallerProcessId", "1076"}, {"Type", "server"}}));
        host.write("system", schannel(36870, then, {{"CallerProcessId", "500"}, {"Type", "server"}}));
        CHECK(counts(look(host)) == Counts{{"key_unreadable", 1}});
        CHECK(codes(look(host)) == Codes{"events.key_unreadable warning"});
    }
}

TEST_CASE("what is no event of every day is a finding") {
    struct Case {
        const char* log;
        EventText event;
        const char* code; // empty: none
    };
    const Time time = LogHost().time - minutes{5};
    const EventFields on_port{{"SourcePort", "3389"}};
    const std::string term_service = utf16_hex("TermService"), audit = "Microsoft-Windows-Security-Auditing";
    const auto one = GENERATE_COPY(values<Case>({
        {"system", {connection_manager, 1057, time}, "events.certificate_not_created warning"},
        {"system", {connection_manager, 1058, time}, "events.certificate_not_created warning"},
        {"system", {connection_manager, 1036, time}, "events.listener_failed warning"},
        {"system", {"Service Control Manager", 7031, time, {}, term_service}, "events.service_failed warning"},
        {"system", {"Tcpip", 4231, time}, "events.ports_exhausted warning"},
        {"system", {"Tcpip", 4266, time}, "events.ports_exhausted warning"},
        {"system", {"Tcpip", 4199, time}, "events.address_conflict warning"},
        {"system", {"Microsoft-Windows-Resource-Exhaustion-Detector", 2004, time}, "events.memory_exhausted warning"},
        {"system", {"Win32k", 243, time}, "events.desktop_heap_exhausted warning"},
        {"sessions", {session_manager, 17, time}, "events.session_manager_failed warning"},
        {"sessions", {session_manager, 35, time}, "events.session_manager_slow warning"},
        {"sessions", {session_manager, 48, time}, "events.session_manager_slow warning"},
        {"broker", {"Microsoft-Windows-TerminalServices-SessionBroker", 2056, time}, "events.broker_failed warning"},
        {"broker_client", {"Microsoft-Windows-TerminalServices-SessionBroker-Client", 1296, time}, ""},
        {"gateway", {"Microsoft-Windows-TerminalServices-Gateway", 304, time}, ""},
        {"gateway", {"Microsoft-Windows-TerminalServices-Gateway", 102, time}, ""},
        {"blocked", {audit, 5155, time, on_port}, "events.listener_blocked warning"},
        {"blocked", {audit, 5159, time, on_port}, "events.listener_blocked warning"},
        {"sessions", {session_manager, 36, time}, ""},
        {"sessions", {session_manager, 33, time}, ""},
        {"system", {"Tcpip", 4227, time}, ""},
        {"system", {connection_manager, 1012, time}, ""},
        {"system", {connection_manager, 1055, time}, ""},
        {"system", {"NETLOGON", 5719, time}, ""},
        {"system", {"Microsoft-Windows-DNS-Client", 1014, time}, ""},
        {"blocked", {audit, 5152, time, {{"Direction", "%%14592"}, {"DestPort", "3389"}}}, ""},
        {"transport", {rdp_core, 137, time}, ""},
        {"transport", {rdp_core, 147, time, {{"Error", "0x8009030C"}}}, ""},
        {"transport", {rdp_core, 66, time, {{"SessionID", "2"}}}, ""},
        {"system", {connection_manager, 1050, time}, ""},
        {"system", {connection_manager, 1004, time}, ""},
        {"listener", {connection_manager, 1011, time}, ""},
        {"system", {connection_manager, 1052, time}, ""},
        {"admin", {connection_manager, 1157, time}, ""},
        {"sessions", {session_manager, 39, time, {{"TargetSession", "2"}, {"Source", "3"}}}, ""},
        {"service_changes", {"Service Control Manager", 7045, time, {{"ServiceName", "TermService"}}}, ""},
        {"transport", {rdp_core, 139, time, {{"IPString", "192.0.2.7"}}}, ""},
        {"system", schannel(36871, time, {{"Type", "client"}, {"ErrorState", "10013"}}), ""},
        {"system", schannel(36874, time), ""},
        {"firewall", {"Microsoft-Windows-Windows Firewall With Advanced Security", 2003, time}, ""},
    }));
    LogHost host;
    host.write(one.log, one.event);
    INFO(one.event.provider << " " << one.event.id);
    const Facts facts = look(host);
    CHECK(codes(facts) == (*one.code ? Codes{one.code} : Codes{}));
    for (const Finding& finding : judge(facts, JudgeContext{}))
        CHECK(finding.evidence.size() == 2);
}

TEST_CASE("TLS versions that are all switched off are a finding when a client came") {
    LogHost host;
    host.write("system", schannel(36871, host.time, {{"Type", "server"}, {"ErrorState", "10013"}}));
    CHECK(codes(look(host)).empty());
    host.write("transport", arrival(host.time, "192.0.2.7:51000"));
    CHECK(codes(look(host)) == Codes{"events.tls_protocols_disabled warning"});
}

TEST_CASE("what was cured afterwards is no finding") {
    LogHost host;
    const Time then = host.time - minutes{5};
    host.write("system", {connection_manager, 1058, then});
    host.write("system", {connection_manager, 1036, then});
    CHECK(codes(look(host)).size() == 2);
    host.write("listener",
               {connection_manager, 258, then + seconds{1}, {{"listenerName", "RDP-Tcp"}}, "", 1, "", true});
    host.write("system", {connection_manager, 1056, then + seconds{1}});
    CHECK(codes(look(host)).empty());
}

TEST_CASE("guessed passwords are a note, and only when there are many") {
    LogHost host;
    const auto refuse = [&host](int count) {
        for (int i = 0; i < count; ++i)
            host.write("transport", {rdp_core, 140, host.time - minutes{30} + seconds{i}, {{"IPString", "192.0.2.7"}}});
    };
    refuse(59);
    CHECK(codes(look(host)).empty());
    refuse(1);
    CHECK(codes(look(host)) == Codes{"events.password_guessing info"});
}

TEST_CASE("the traces of hosts on the internet give no warning") {
    const auto folder = samples_folder();
    if (!folder) {
        WARN("no samples beside the project: 0 traces judged");
        return;
    }
    for (const char* name :
         {"trace-win10-2018-internet-bruteforce-rdpcorets", "trace-win10-2018-internet-bruteforce-rcm",
          "trace-ws2012r2-bruteforce-then-logon", "trace-ws2012r2-disconnect-reconnect"}) {
        std::ifstream stream(*folder + "/events/" + name + ".xml", std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        LogHost host;
        host.time = Time{};
        // All in one log: which query an event came by does not matter.
        host.logs["transport"] = events_in(text);
        for (const std::string& xml : host.logs["transport"])
            host.time = std::max(host.time, *time_from_iso(xml.substr(xml.find("SystemTime=") + 12, 19) + "Z"));
        const Facts facts = look(host);
        INFO(name);
        CHECK(facts.seen.at(Kind::arrival).count >= 1);
        CHECK(codes(facts).empty());
    }
    WARN("4 traces judged");
}
