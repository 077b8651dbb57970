// Is the evidence of the event logs kept, and does it only shout when it must?
#include "probes/events.hpp"

#include "tests/probes/events_look.hpp"
#include "tests/support/map_notebook.hpp"
#include "tests/support/reg_file.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::events;
using namespace rdpmedic::testing;

TEST_CASE("a host with ordinary connections has no finding") {
    LogHost host;
    const Time then = host.time - minutes{20};
    for (int client = 0; client < 5; ++client) {
        const Time time = then + minutes{client};
        const std::string activity = "{" + std::to_string(client) + "}", session = std::to_string(client + 2);
        host.write("transport", arrival(time, "192.0.2.7:5100" + std::to_string(client), activity));
        host.write("listener", {connection_manager, 261, time, {{"listenerName", "RDP-Tcp"}}, "", 1, activity, true});
        host.write("listener",
                   {connection_manager, 1149, time + seconds{1}, {{"Param3", "192.0.2.7"}}, "", 1, "", true});
        host.write("sessions",
                   {session_manager, 41, time + seconds{2}, {{"SessionID", session}}, "", 1, activity, true});
        host.write("sessions",
                   {session_manager, 42, time + seconds{3}, {{"SessionID", session}}, "", 1, activity, true});
        host.write("sessions", {session_manager,
                                21,
                                time + seconds{3},
                                {{"SessionID", session}, {"Address", "192.0.2.7"}},
                                "",
                                1,
                                activity,
                                true});
        host.write(
            "sessions",
            {session_manager, 40, time + seconds{50}, {{"Session", session}, {"Reason", "12"}}, "", 1, activity, true});
        host.write("transport", {rdp_core, 103, time + seconds{50}, {{"ReasonCode", "12"}}, "", 1, activity});
    }
    const Facts facts = look(host);
    CHECK(counts(facts) == Counts{{"arrival", 10}, {"authenticated", 5}, {"logon", 5}});
    CHECK(facts.ours == 0);
    CHECK(facts.from == host.time - minutes{60});
    const Tally& arrivals = facts.seen.at(Kind::arrival);
    CHECK(arrivals.first == then);
    CHECK(arrivals.last == then + minutes{4});
    CHECK(arrivals.ids == std::map<std::uint32_t, std::uint32_t>{{131, 5}, {261, 5}});
    CHECK(arrivals.samples.back().find("2026-01-14T23:44:00Z") == 0);
    CHECK(codes(facts).empty());
}

TEST_CASE("the next look begins where the last one ended, and both are one") {
    LogHost host;
    MapNotebook notes;
    host.write("transport", arrival(host.time - minutes{30}, "192.0.2.7:51000"));
    CHECK(counts(look(host, &notes)) == Counts{{"arrival", 1}});
    host.asked.clear();
    host.write("transport", arrival(host.time - minutes{2}, "192.0.2.8:51000"));
    host.time += minutes{5};
    const Facts facts = look(host, &notes);
    CHECK(counts(facts) == Counts{{"arrival", 2}});
    CHECK(facts.seen.at(Kind::arrival).samples.size() == 2);
    const auto transport = std::find_if(host.asked.begin(), host.asked.end(),
                                        [](const EventQuery& query) { return query.name == "transport"; });
    CHECK(transport->bookmark == "0:1");
}

TEST_CASE("what is older than the window is forgotten") {
    LogHost host;
    MapNotebook notes;
    host.write("transport", arrival(host.time - minutes{61}, "192.0.2.6:51000"));
    host.write("transport", arrival(host.time - minutes{30}, "192.0.2.7:51000"));
    host.write("transport", arrival(host.time - minutes{5}, "192.0.2.8:51000"));
    CHECK(counts(look(host, &notes)) == Counts{{"arrival", 2}});
    host.time += minutes{31};
    const Facts later = look(host, &notes);
    CHECK(counts(later) == Counts{{"arrival", 1}});
    CHECK(later.seen.at(Kind::arrival).samples.size() == 1);
    host.time += minutes{31};
    CHECK(look(host, &notes).seen.empty());
}

TEST_CASE("a log that was cleared is read from its beginning, and nothing is counted twice") {
    LogHost host;
    MapNotebook notes;
    host.write("transport", arrival(host.time - minutes{30}, "192.0.2.7:51000"));
    host.write("transport", arrival(host.time - minutes{20}, "192.0.2.7:51001"));
    look(host, &notes);
    host.clear("transport");
    host.write("transport", arrival(host.time - minutes{10}, "192.0.2.7:51002"));
    CHECK(counts(look(host, &notes)) == Counts{{"arrival", 3}});
    CHECK(counts(look(host, &notes)) == Counts{{"arrival", 3}});
}

TEST_CASE("a host that always gives the same answer is not counted twice") {
    FakeHost host;
    for (const char* name : {"system", "tls_alerts", "service_changes", "admin", "listener", "sessions", "firewall",
                             "logons", "refusals", "blocked", "broker", "broker_client", "gateway", "winsock"})
        host.give(std::string("events ") + name, EventPage{});
    host.give("events transport", EventPage{{xml_of(arrival(host.time, "192.0.2.7:51000"))}, "b", false, false});
    MapNotebook notes;
    for (int round = 0; round < 3; ++round) {
        const auto facts = collect(host, context_of(host, &notes));
        CHECK(counts(*facts) == Counts{{"arrival", 1}});
        CHECK(facts->unread.empty());
    }
}

TEST_CASE("more than one page is read on from the bookmark, but not without end") {
    LogHost host;
    MapNotebook notes;
    host.limit = 10;
    const auto write = [&host](int count) {
        for (int i = 0; i < count; ++i)
            host.write("transport", arrival(host.time - minutes{1}, "192.0.2.7:51000"));
    };
    write(15);
    CHECK(look(host, &notes).seen.at(Kind::arrival).count == 10); // the newest
    write(35);
    CHECK(look(host, &notes).seen.at(Kind::arrival).count == 45);
    write(100);
    CHECK(look(host, &notes).seen.at(Kind::arrival).count == 85);
    CHECK(look(host, &notes).seen.at(Kind::arrival).count == 125);
}

TEST_CASE("damaged notes begin anew") {
    const auto text =
        GENERATE(as<std::string>{}, "", "{", "[]", "null", "{\"version\":99}", "{\"version\":1}",
                 R"({"version":1,"kinds":{"arrival":{"slices":[[1]]}},"ends":{},"arrivals":[],"arbitrations":{}})",
                 R"({"version":1,"kinds":{},"ends":{"transport":[7,"x"]},"arrivals":[],"arbitrations":{}})");
    LogHost host;
    host.write("transport", arrival(host.time, "192.0.2.7:51000"));
    MapNotebook notes;
    notes.pages["ledger"] = text;
    CHECK(counts(look(host, &notes)) == Counts{{"arrival", 1}});
    CHECK(notes.pages["ledger"].find("\"version\":1") != std::string::npos);
}

TEST_CASE("notes stay below 64 KB in the worst flood") {
    LogHost host;
    MapNotebook notes;
    host.limit = 100000;
    const std::string wide(300, '\x01');
    for (int minute = 59; minute >= 0; --minute)
        for (const unsigned id : {97U, 131U, 137U, 139U, 140U})
            host.write("transport",
                       {rdp_core,
                        id,
                        host.time - minutes{minute},
                        {{"ClientIP", std::string(50, '1')}, {"ErrorCode", "1"}, {"Text", std::string(300, '"')}}});
    look(host, &notes);
    CHECK(notes.pages["ledger"].size() < 64 * 1024);
    CHECK(look(host, &notes).seen.at(Kind::arrival).count >= 55);
}

TEST_CASE("our own handshakes are recognised and left out") {
    LogHost host;
    const Time then = host.time - minutes{1};
    const std::vector<OwnHandshake> own{{then, then + seconds{1}, "127.0.0.1:51000", false}};
    host.write("transport", arrival(then, "127.0.0.1:51000", "{ours}"));
    host.write("listener", {connection_manager, 261, then, {{"listenerName", "RDP-Tcp"}}, "", 1, "{ours}", true});
    host.write("transport", {rdp_core, 142, then + seconds{40}, {{"error", "64"}}, "", 1, "{ours}"});
    host.write("transport", {rdp_core, 139, then + seconds{1}, {{"IPString", "127.0.0.1"}, {"ResultCode", "1"}}});
    host.write("admin", {connection_manager, 1158, then, {{"Param1", "127.0.0.1"}}, "", 1, "", true});
    host.write("system", schannel(36870, then + seconds{1}));

    SECTION("all of them") {
        const Facts facts = look(host, nullptr, own);
        CHECK(facts.seen.empty());
        CHECK(facts.ours == 6);
        CHECK(facts.ours_by_kind.at(Kind::key_unreadable) == 1);
        CHECK(codes(facts) == Codes{"events.key_unreadable warning"});
    }
    SECTION("not of a client that comes at the same time") {
        host.write("transport", arrival(then, "192.0.2.7:51000", "{theirs}"));
        host.write("transport", {rdp_core, 142, then, {{"error", "64"}}, "", 1, "{theirs}"});
        const Facts facts = look(host, nullptr, own);
        CHECK(counts(facts) == Counts{{"arrival", 1}, {"key_unreadable", 1}, {"transport_failed", 1}});
        CHECK(facts.ours == 5);
    }
    SECTION("not of a client that came long before and hangs up just then") {
        host.write("transport", arrival(then - minutes{5}, "192.0.2.7:51000", "{theirs}"));
        host.write("transport", {rdp_core, 142, then, {{"error", "64"}}, "", 1, "{theirs}"});
        CHECK(counts(look(host, nullptr, own)) == Counts{{"arrival", 1}, {"transport_failed", 1}});
    }
    SECTION("not of another client on this machine") {
        host.write("transport", arrival(then, "127.0.0.1:51001", "{tunnel}"));
        CHECK(counts(look(host, nullptr, own)) == Counts{{"arrival", 1}, {"key_unreadable", 1}});
    }
    SECTION("not of the same port at another time") {
        host.write("transport", arrival(then - minutes{5}, "127.0.0.1:51000"));
        CHECK(counts(look(host, nullptr, own)) == Counts{{"arrival", 1}});
    }
    SECTION("refused passwords are never ours") {
        host.write("transport", {rdp_core, 140, then, {{"IPString", "127.0.0.1"}}});
        CHECK(counts(look(host, nullptr, own)) == Counts{{"bad_credentials", 1}});
    }
    SECTION("without a handshake of ours nothing is") { CHECK(look(host).ours == 0); }
}

TEST_CASE("a connection counts as closed early where nothing else is said of it") {
    LogHost host;
    MapNotebook notes;
    const Time then = host.time - minutes{5};
    const auto close = [&](const std::string& activity) {
        host.write("transport", {rdp_core, 102, then + seconds{1}, {}, "", 1, activity});
    };
    SECTION("it came and ended") {
        host.write("transport", arrival(then, "192.0.2.7:51000", "{1}"));
        host.write("listener", {connection_manager, 261, then, {{"listenerName", "RDP-Tcp"}}, "", 1, "{1}", true});
        close("{1}");
        CHECK(counts(look(host)) == Counts{{"arrival", 2}, {"closed_early", 1}});
        CHECK(codes(look(host)).empty());
    }
    SECTION("it got a session, which ended") {
        host.write("transport", arrival(then, "192.0.2.7:51000", "{1}"));
        host.write("transport", {rdp_core, 66, then, {{"SessionID", "2"}}, "", 1, "{1}"});
        close("{1}");
        CHECK(counts(look(host)) == Counts{{"arrival", 1}, {"session_assigned", 1}});
    }
    SECTION("its password was refused") {
        host.write("transport", arrival(then, "192.0.2.7:51000", "{1}"));
        host.write("transport", {rdp_core, 140, then, {{"IPString", "192.0.2.7"}}, "", 1, "{1}"});
        close("{1}");
        CHECK(counts(look(host)) == Counts{{"arrival", 1}, {"bad_credentials", 1}});
    }
    SECTION("it came in an earlier look, and what it did in between is not known any more") {
        host.write("transport", arrival(then, "192.0.2.7:51000", "{1}"));
        look(host, &notes);
        close("{1}");
        CHECK(counts(look(host, &notes)) == Counts{{"arrival", 1}});
    }
    SECTION("which connection it was is not said") {
        host.write("transport", arrival(then, "192.0.2.7:51000"));
        close("");
        close("{1}");
        CHECK(counts(look(host)) == Counts{{"arrival", 1}});
    }
    SECTION("it was ours") {
        host.write("transport", arrival(then, "127.0.0.1:51000", "{1}"));
        close("{1}");
        const Facts facts = look(host, nullptr, {{then, then + seconds{1}, "127.0.0.1:51000", true}});
        CHECK(facts.seen.empty());
        CHECK(facts.ours == 2);
    }
}

TEST_CASE("handshakes of ours at the same time are all known: a repair proves its cure while the probe looks") {
    LogHost host;
    const Time then = host.time - minutes{1};
    const std::vector<OwnHandshake> own{{then, then, "127.0.0.1:51000", false},
                                        {then, then + seconds{1}, "127.0.0.1:51001", true},
                                        {then + seconds{1}, then + seconds{1}, "192.0.2.1:51002", true}};
    for (const char* socket : {"127.0.0.1:51000", "127.0.0.1:51001", "192.0.2.1:51002"})
        host.write("transport", arrival(then + seconds{1}, socket));
    host.write("transport", {rdp_core, 139, then + seconds{1}, {{"IPString", "192.0.2.1"}, {"ResultCode", "1"}}});
    const Facts facts = look(host, nullptr, own);
    CHECK(facts.seen.empty());
    CHECK(facts.ours == 4);
}

TEST_CASE("a handshake of ours that ends while the logs are read is known, too") {
    struct BusyHost : LogHost {
        mutable OwnHandshakes own;
        Result<EventPage> events(const EventQuery& query) const override {
            if (query.name == "transport")
                own.add({time, time, "127.0.0.1:51000", true});
            return LogHost::events(query);
        }
    } host;
    host.write("transport", arrival(host.time, "127.0.0.1:51000"));
    CHECK(collect(host, context_of(host), &host.own)->ours == 1);
}

TEST_CASE("IPv6 and bracketed addresses of our own sockets are known again") {
    const auto socket = GENERATE(as<std::string>{}, "[::1]:51000", "[127.0.0.1]:51000");
    LogHost host;
    host.write("transport", arrival(host.time, socket));
    const std::string ours = socket == "[::1]:51000" ? socket : "127.0.0.1:51000";
    CHECK(look(host, nullptr, {{host.time, host.time, ours, true}}).ours == 1);
    CHECK(look(host, nullptr, {{host.time, host.time, "[::1]:51001", true}}).ours == 0);
}

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

TEST_CASE("a logon over the network is RDP's where its address has just arrived") {
    LogHost host;
    const auto refused = [&](const std::string& address, const std::string& type, minutes age) {
        host.write("refusals", {"Microsoft-Windows-Security-Auditing",
                                4625,
                                host.time - age,
                                {{"LogonType", type}, {"IpAddress", address}, {"SubStatus", "0xC000006A"}}});
    };
    host.write("transport", arrival(host.time - minutes{10}, "192.0.2.7:51000"));
    refused("192.0.2.7", "3", minutes{9});
    refused("192.0.2.8", "3", minutes{9});  // a file share
    refused("192.0.2.7", "3", minutes{20}); // before it came
    refused("192.0.2.9", "10", minutes{30});
    CHECK(counts(look(host)) == Counts{{"arrival", 1}, {"bad_credentials", 2}});
}

TEST_CASE("an arbitration counts when it has not ended within a minute") {
    LogHost host;
    MapNotebook notes;
    const auto write = [&](unsigned id, const char* session, seconds age) {
        host.write("sessions", {session_manager, id, host.time - age, {{"SessionID", session}}, "", 1, "", true});
    };
    write(41, "2", seconds{300});
    write(42, "2", seconds{299});
    write(41, "3", seconds{200});
    write(41, "4", seconds{10});
    CHECK(look(host, &notes).seen.at(Kind::session_arbitration).samples ==
          Codes{"2026-01-14T23:56:40Z LocalSessionManager 41 SessionID=3, without 42"});
    host.time += minutes{5};
    write(42, "4", minutes{5});
    CHECK(look(host, &notes).seen.at(Kind::session_arbitration).count == 1);
    CHECK(codes(look(host, &notes)).empty());
}

TEST_CASE("an arbitration whose end has not been read yet is not one without end") {
    LogHost host;
    MapNotebook notes;
    host.limit = 1;
    const auto write = [&](unsigned id, const char* session, seconds age) {
        host.write("sessions", {session_manager, id, host.time - age, {{"SessionID", session}}, "", 1, "", true});
    };
    write(21, "1", seconds{400});
    look(host, &notes); // from here on by bookmark
    write(41, "2", seconds{300});
    for (const char* session : {"3", "4", "5"})
        write(40, session, seconds{299}); // four pages are full
    write(42, "2", seconds{299});
    CHECK(look(host, &notes).seen.count(Kind::session_arbitration) == 0);
    CHECK(look(host, &notes).seen.count(Kind::session_arbitration) == 0);
    // Nor where the log cannot be read; once it can, what is open counts.
    write(41, "6", seconds{10});
    CHECK(look(host, &notes).seen.count(Kind::session_arbitration) == 0);
    host.time += minutes{5};
    host.broken["sessions"] = {Errc::timed_out, 0, "EvtNext"};
    CHECK(look(host, &notes).seen.count(Kind::session_arbitration) == 0);
    host.broken.clear();
    CHECK(look(host, &notes).seen.at(Kind::session_arbitration).count == 1);
}

TEST_CASE("a record that is damaged is said, and what came with it counts") {
    LogHost host;
    host.write("transport", arrival(host.time, "192.0.2.7:51000"));
    host.damaged["transport"] = {Errc::malformed, 13, "EvtRender(transport)"};
    const Facts facts = look(host);
    CHECK(counts(facts) == Counts{{"arrival", 1}});
    CHECK(facts.unread.at("transport").native == 13);
    CHECK(codes(facts) == Codes{"events.unknown unknown"});
}

TEST_CASE("a service without its registered name is looked up in the host's own language") {
    LogHost host;
    host.write("system", {"Service Control Manager", 7034, host.time, {{"param1", "Remotedesktopdienste"}}});
    CHECK(look(host).seen.empty());
    host.give("services", std::vector<ServiceSummary>{{"TermService", "Remotedesktopdienste", 0x20}});
    const Facts facts = look(host);
    CHECK(counts(facts) == Counts{{"service_failed", 1}});
    CHECK(facts.seen.at(Kind::service_failed).samples.front().find("service=TermService") != std::string::npos);
    CHECK(codes(facts) == Codes{"events.service_failed warning"});
}

TEST_CASE("channels that do not exist are no error, and unreadable ones are unknown") {
    LogHost host;
    host.broken["transport"] = {Errc::not_found, 15007, "EvtQuery"};
    CHECK(look(host).unread.empty());
    CHECK(codes(look(host)).empty());
    host.broken["logons"] = {Errc::access_denied, 5, "EvtQuery(Security)"};
    const Facts facts = look(host);
    CHECK(facts.unread.at("logons").native == 5);
    CHECK(codes(facts) == Codes{"events.unknown unknown"});
}

TEST_CASE("the log of the RD Gateway is counted with the client and the host behind it, and its absence is no error") {
    LogHost host;
    const std::string provider = "Microsoft-Windows-TerminalServices-Gateway";
    host.broken["gateway"] = {Errc::not_found, 15007, "EvtQuery"};
    CHECK(look(host).unread.empty());
    host.broken.clear();
    host.write("gateway", {provider,
                           304,
                           host.time - minutes{5},
                           {{"IpAddress", "192.0.2.7"}, {"Resource", "host01"}, {"ErrorCode", "2147965403"}},
                           "",
                           1,
                           "",
                           true});
    host.write("gateway",
               {provider, 302, host.time, {{"IpAddress", "192.0.2.7"}, {"Resource", "host02"}}, "", 1, "", true});
    const Facts facts = look(host);
    CHECK(counts(facts) == Counts{{"gateway_connected", 1}, {"gateway_unreachable", 1}});
    const std::string& sample = facts.seen.at(Kind::gateway_unreachable).samples.front();
    INFO(sample);
    CHECK(sample.find("Gateway 304") != std::string::npos);
    CHECK(sample.find("Resource=host01") != std::string::npos);
}

TEST_CASE("a host that can read no log at all is unknown and not quiet") {
    const FakeHost host;
    const auto facts = collect(host, context_of(host));
    CHECK(facts->unread.size() == 15);
    CHECK(codes(*facts) == Codes{"events.unknown unknown"});
}

TEST_CASE("records that are no events are passed over, and said") {
    LogHost host;
    const auto text = GENERATE(as<std::string>{}, "", "<Event/>", "garbage", std::string(70000, '<'));
    host.logs["transport"] = {text, xml_of(arrival(host.time, "192.0.2.7:1"))};
    const Facts facts = look(host);
    CHECK(counts(facts) == Counts{{"arrival", 1}});
    CHECK(facts.unread.count("transport") == 1);
    CHECK(codes(facts) == Codes{"events.unknown unknown"});
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

TEST_CASE("each channel is asked for what it holds") {
    LogHost host;
    look(host);
    const auto query = [&](std::string_view name) {
        const auto found =
            std::find_if(host.asked.begin(), host.asked.end(), [&](const EventQuery& one) { return one.name == name; });
        REQUIRE(found != host.asked.end());
        return *found;
    };
    CHECK(query("winsock").channel == "Microsoft-Windows-Winsock-WS2HELP/Operational");
    CHECK(query("system").query.find("WS2HELP") == std::string::npos);
    const std::string listener = query("listener").query; // 260 is of the channel Analytic
    CHECK(listener.find("EventID >= 258") == std::string::npos);
    CHECK(listener.find("EventID=260") == std::string::npos);
    for (const char* id : {"EventID=1041", "EventID=1061", "EventID=1067"})
        CHECK(query("system").query.find(id) != std::string::npos);
    for (const char* id : {"EventID=258", "EventID=259", "EventID >= 261", "EventID=1149"})
        CHECK(listener.find(id) != std::string::npos);
}

TEST_CASE("all queries are bounded by the window and by 32 expressions a Select") {
    LogHost host;
    look(host);
    CHECK(host.asked.size() == 15);
    for (const EventQuery& query : host.asked) {
        INFO(query.query);
        CHECK(query.limit == 500);
        std::string rest = query.query;
        std::size_t selects = 0;
        while (rest.find("timediff(@SystemTime) ") != std::string::npos) {
            const auto end = rest.find("</Select>");
            const std::string select = rest.substr(0, end);
            rest = end == std::string::npos ? "" : rest.substr(end + 9);
            std::size_t expressions = 0;
            for (std::size_t at = 0; (at = select.find('=', at)) != std::string::npos; ++at)
                ++expressions;
            CHECK(expressions <= 32);
            CHECK(select.find(" 3600000]]") != std::string::npos);
            ++selects;
        }
        CHECK(selects == (query.name == "system" ? 10 : 1));
        CHECK(query.channel.empty() == (query.name == "system"));
        CHECK((query.name != "system" || query.query.find("<= ") == std::string::npos));
        CHECK((query.name == "listener") == (query.query.find("EventID=1151") != std::string::npos));
    }
}
