// Is the evidence of the event logs counted once, kept from look to look, and said to be missing where it is?
#include "tests/probes/events_look.hpp"
#include "tests/support/map_notebook.hpp"

#include <catch2/catch.hpp>

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
