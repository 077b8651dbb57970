// Is it said what the event logs cannot show, and what is over?
#include "probes/events.hpp"

#include "tests/probes/events_look.hpp"
#include "tests/support/map_notebook.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::events;
using namespace rdpmedic::testing;

TEST_CASE("logs that do not show our own handshakes are said to show nobody") {
    LogHost host;
    OwnHandshake ours{host.time - minutes{10}, host.time - minutes{10}, "127.0.0.1:51000", true};
    const auto missing = [&] { return look(host, nullptr, {ours}).ours_not_logged; };
    CHECK(missing() == 1);
    CHECK(codes(look(host, nullptr, {ours})) == Codes{"events.arrivals_not_logged info"});
    SECTION("not when one of the two shows it") {
        host.write("listener", {connection_manager, 261, ours.from, {{"listenerName", "RDP-Tcp"}}, "", 1, "", true});
        CHECK(missing() == 0);
        CHECK(codes(look(host, nullptr, {ours})).empty());
    }
    SECTION("not when they show a client of that time: then they were written") {
        host.write("transport", arrival(ours.from - minutes{1}, "192.0.2.7:51000"));
        CHECK(missing() == 0);
    }
    SECTION("but when they were written long before") {
        host.write("transport", arrival(ours.from - minutes{20}, "192.0.2.7:51000"));
        CHECK(missing() == 1);
    }
    SECTION("not where one was made just now, and may be logged late") {
        ours.until = host.time - seconds{59};
        CHECK(missing() == 0);
    }
    SECTION("not where one may have reached something else than the listener") {
        ours.tls_completed = false;
        CHECK(missing() == 0);
    }
    SECTION("not where one is as old as what is being forgotten") {
        ours.from = ours.until = host.time - minutes{56};
        CHECK(missing() == 0);
    }
    SECTION("not where neither can be read") {
        host.broken["transport"] = host.broken["listener"] = {Errc::access_denied, 5, "EvtQuery"};
        CHECK(missing() == 0);
        CHECK(codes(look(host, nullptr, {ours})) == Codes{"events.unknown unknown"});
    }
    SECTION("not where the part that was read begins after it") {
        host.limit = 1;
        for (const char* log : {"transport", "listener"})
            for (const int ago : {9, 2})
                host.write(log, {"other", 1, host.time - minutes{ago}});
        CHECK(missing() == 0);
    }
}

TEST_CASE("what a look leaves out because there is too much is said, until it is too old to matter") {
    LogHost host;
    MapNotebook notes;
    host.limit = 3;
    for (const int ago : {50, 40, 30, 20, 10})
        host.write("transport", arrival(host.time - minutes{ago}, "192.0.2.7:51000"));
    using Since = std::map<std::string, Time>;
    const Since since{{"transport", host.time - minutes{30}}};
    CHECK(look(host).read_since == since);
    CHECK(look(host, &notes).read_since == since);
    host.time += minutes{5};
    CHECK(look(host, &notes).read_since == since); // by its notes
    SECTION("the older ones are out of the window") {
        host.time += minutes{25};
        CHECK(look(host, &notes).read_since.empty());
    }
    SECTION("a log that was cleared is a first look again") {
        host.clear("transport");
        for (const int ago : {4, 3, 2, 1})
            host.write("transport", arrival(host.time - minutes{ago}, "192.0.2.7:51000"));
        CHECK(look(host, &notes).read_since == Since{{"transport", host.time - minutes{3}}});
    }
    SECTION("newer ones come with the next look") {
        for (int i = 0; i < 13; ++i)
            host.write("transport", arrival(host.time - minutes{1}, "192.0.2.7:51000"));
        CHECK(look(host, &notes).behind == std::set<std::string>{"transport"});
        CHECK(look(host, &notes).behind.empty());
    }
}

TEST_CASE("a look that takes all leaves nothing out") {
    LogHost host;
    host.limit = 3;
    for (int i = 0; i < 3; ++i)
        host.write("transport", arrival(host.time - minutes{1}, "192.0.2.7:51000"));
    CHECK(look(host).read_since.empty());
    CHECK(look(host).behind.empty());
}

TEST_CASE("what somebody has got past since is no finding any more") {
    struct Case {
        const char* log;
        EventText event;
        bool started, logon, handshake; // whether that afterwards ends it
    };
    const Time time = LogHost().time - minutes{10};
    const auto one = GENERATE_COPY(values<Case>({
        {"system", {connection_manager, 1036, time}, true, true, false},
        {"system", {"Service Control Manager", 7031, time, {}, utf16_hex("TermService")}, true, true, false},
        {"sessions", {session_manager, 17, time}, true, true, false},
        {"sessions", {session_manager, 35, time}, false, true, false},
        {"system", {"Win32k", 243, time}, false, true, false},
        {"blocked", {"Microsoft-Windows-Security-Auditing", 5155, time, {{"SourcePort", "3389"}}}, true, true, true},
        {"broker", {"Microsoft-Windows-TerminalServices-SessionBroker", 2056, time}, false, false, false},
        {"system", {"Tcpip", 4199, time}, false, false, false},
    }));
    INFO(one.event.provider << " " << one.event.id);
    const auto is_over = [&](const char* log, const EventText& event, const std::vector<OwnHandshake>& own = {}) {
        LogHost host;
        host.write(one.log, one.event);
        if (*log)
            host.write(log, event);
        return codes(look(host, nullptr, own)).empty();
    };
    const auto started = [](Time when) {
        return EventText{connection_manager, 258, when, {{"listenerName", "RDP-Tcp"}}, "", 1, "", true};
    };
    const auto logon = [](Time when) {
        return EventText{session_manager, 21, when, {{"Address", "192.0.2.7"}}, "", 1, "", true};
    };
    const Time after = time + seconds{1};
    CHECK_FALSE(is_over("", {}));
    CHECK_FALSE(is_over("listener", started(time)));
    CHECK_FALSE(is_over("sessions", logon(time - seconds{1})));
    CHECK(is_over("listener", started(after)) == one.started);
    CHECK(is_over("sessions", logon(after)) == one.logon);
    // Its arrival is ours, and left out.
    CHECK(is_over("transport", arrival(after, "127.0.0.1:51000"), {{after, after, "127.0.0.1:51000", true}}) ==
          one.handshake);
}

TEST_CASE("a service that runs again is no finding, and one that has failed since is") {
    LogHost host;
    MapNotebook notes;
    const Time then = host.time - minutes{20};
    const auto write = [&](unsigned id, const char* service, Time time) {
        host.write(id == 7036 ? "service_changes" : "system",
                   {"Service Control Manager", id, time, {}, utf16_hex(service)});
    };
    write(7031, "TermService", then);
    write(7031, "MpsSvc", then);
    CHECK(codes(look(host, &notes)) == Codes{"events.service_failed warning"});
    write(7036, "termservice/4", then); // in the same second, but behind it in the log
    const Facts one_left = look(host, &notes);
    CHECK(one_left.services_down == std::map<std::string, Time>{{"MpsSvc", then}});
    CHECK(judge(one_left, JudgeContext{}).at(0).text.ends_with("since: MpsSvc"));
    write(7036, "MpsSvc/1", then + seconds{1}); // stopped
    CHECK(look(host, &notes).services_down.size() == 1);
    write(7036, "MpsSvc/4", then + minutes{1});
    CHECK(look(host, &notes).services_down.empty());
    CHECK(codes(look(host, &notes)).empty());
    write(7036, "TermService/4", then + minutes{2});
    write(7034, "TermService", then + minutes{2}); // in the same second, after it ran
    CHECK(look(host, &notes).services_down.count("TermService") == 1);
    CHECK(look(host).services_down == std::map<std::string, Time>{{"TermService", then + minutes{2}}});
    host.time += minutes{50}; // forgotten
    CHECK(look(host, &notes).services_down.empty());
}

TEST_CASE("a service that failed and runs now is no finding, though nothing in the log says that it came back") {
    LogHost host;
    MapNotebook notes;
    host.write("system", {"Service Control Manager", 7011, host.time - minutes{20}, {{"param2", "TermService"}}});
    host.write("system", {"Service Control Manager", 7011, host.time - minutes{20}, {{"param2", "CryptSvc"}}});
    const auto give = [&](const char* name, ServiceState state) {
        ServiceFacts service;
        service.name = name;
        service.state = state;
        host.services[FakeHost::lower(name)] = service;
    };
    const auto down = [&] {
        std::vector<std::string> names;
        for (const auto& [name, time] : look(host, &notes).services_down)
            names.push_back(name);
        return names;
    };
    give("TermService", ServiceState::start_pending);
    host.fail("service CryptSvc", {Errc::access_denied, 5, "OpenServiceW"});
    CHECK(down() == std::vector<std::string>{"CryptSvc", "TermService"});
    give("TermService", ServiceState::running);
    CHECK(down() == std::vector<std::string>{"CryptSvc"});
    give("TermService", ServiceState::stopped); // later, by somebody
    CHECK(down() == std::vector<std::string>{"CryptSvc"});
    CHECK(codes(look(host, &notes)) == Codes{"events.service_failed warning"});
}

TEST_CASE("a certificate that was not created is a note while Remote Desktop is switched off") {
    LogHost host;
    host.write("system", {connection_manager, 1057, host.time - minutes{10}});
    CHECK(codes(look(host)) == Codes{"events.certificate_not_created warning"});
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    CHECK(codes(look(host)) == Codes{"events.certificate_not_created info"});
}

TEST_CASE("a shortage that other probes see while it lasts is a note when it is over") {
    LogHost host;
    host.write("system", {"Microsoft-Windows-Resource-Exhaustion-Detector", 2004, host.time - minutes{31}});
    host.write("system", {"Tcpip", 4231, host.time - minutes{31}});
    const auto severities = [&](const Facts& facts) {
        Codes found;
        for (const Finding& finding : judge(facts, context_of(host)))
            found.push_back(finding.code + " " + name_of(finding.severity));
        return found;
    };
    CHECK(severities(look(host)) == Codes{"events.ports_exhausted info", "events.memory_exhausted info"});
    host.write("system", {"Tcpip", 4266, host.time - minutes{30}});
    CHECK(severities(look(host)) == Codes{"events.ports_exhausted warning", "events.memory_exhausted info"});
}

TEST_CASE("an arbitration whose end may be in a damaged record does not count") {
    LogHost host;
    MapNotebook notes;
    host.write("sessions", {session_manager, 41, host.time - seconds{200}, {{"SessionID", "2"}}, "", 1, "", true});
    host.damaged["sessions"] = {Errc::malformed, 13, "EvtRender(sessions)"}; // its 42
    CHECK(look(host, &notes).seen.count(Kind::session_arbitration) == 0);
    host.damaged.clear();
    host.time += minutes{5};
    CHECK(look(host, &notes).seen.count(Kind::session_arbitration) == 0);
    host.write("sessions", {session_manager, 41, host.time - seconds{200}, {{"SessionID", "3"}}, "", 1, "", true});
    CHECK(look(host, &notes).seen.at(Kind::session_arbitration).count == 1);
}

TEST_CASE("clients that come from this host itself are counted, and our own handshakes are not among them") {
    LogHost host;
    MapNotebook notes;
    const Time then = host.time - minutes{20};
    const auto client =
        GENERATE(as<std::string>{}, "127.0.0.1:51000", "127.0.0.2:51000", "[::1]:51000", "[::ffff:127.0.0.1]:51000");
    INFO(client);
    host.write("transport", arrival(then, client));
    for (int i = 1; i < 5; ++i) // the samples hold the last three
        host.write("transport", arrival(then + minutes{i}, "192.0.2.7:5100" + std::to_string(i)));
    host.write("transport", arrival(then + minutes{9}, "127.0.0.1:60000"));
    host.write("listener", {connection_manager, 1149, then, {{"Param3", "::1"}}, "", 1, "", true});
    const Facts facts = look(host, &notes, {{then + minutes{9}, then + minutes{9}, "127.0.0.1:60000", true}});
    CHECK(facts.seen.at(Kind::arrival).count == 5);
    CHECK(facts.seen.at(Kind::arrival).of_loopback == 1);
    CHECK(facts.seen.at(Kind::authenticated).of_loopback == 1);
    CHECK(look(host, &notes).seen.at(Kind::arrival).of_loopback == 1); // by its notes
}

TEST_CASE("notes of an earlier build, without clients from this host itself, are read") {
    LogHost host;
    MapNotebook notes;
    const std::string minute = std::to_string((host.time - minutes{1}).time_since_epoch().count());
    notes.pages["ledger"] = R"({"version":1,"kinds":{"arrival":{"slices":[[)" + minute + "," + minute +
                            R"(,2,0,0,[[131,2]]]]}},"ends":{},"arrivals":[],"arbitrations":{}})";
    CHECK(look(host, &notes).seen.at(Kind::arrival).count == 2);
}

TEST_CASE("where the window is made longer, what was too old before is read") {
    LogHost host;
    MapNotebook notes;
    const OwnHandshake ours{host.time - minutes{80}, host.time - minutes{80}, "127.0.0.1:51000", true};
    host.write("transport", arrival(host.time - minutes{90}, "192.0.2.7:51000"));
    host.write("transport", arrival(ours.from, "127.0.0.1:51000"));
    CHECK(look(host, &notes).seen.empty());
    JudgeContext longer = context_of(host, &notes);
    longer.limits.evidence_window = minutes{120};
    OwnHandshakes own;
    own.add(ours);
    for (int i = 0; i < 2; ++i) { // the second time by the notes
        const Facts facts = collect(host, longer, &own).value();
        REQUIRE(facts.seen.count(Kind::arrival) == 1);
        CHECK(facts.seen.at(Kind::arrival).count == 1);
        CHECK(facts.ours_not_logged == 0);
    }
}
