// Is a stuck session ended, and everybody else's left alone?
#include "agent/repair/plan_sessions.hpp"

#include "tests/support/planned.hpp"
#include "tests/support/stuck_sessions.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

Plan plan(const Host& host, const Options& options = {}) { return planned(sessions_repair(), host, options); }

const LogOffSession& log_off(const Plan& plan) { return std::get<LogOffSession>(plan.rungs.at(0).changes.at(0)); }

} // namespace

TEST_CASE("a server without stuck sessions calls for no log-off") {
    SessionHost host;
    host.add_disconnected(5, "bob", 30min);
    const Plan none = plan(host);
    CHECK_FALSE(none.is_called_for());
    CHECK(none.rungs.empty());
    CHECK(none.obstacles.empty());
    CHECK(none.sessions.empty());
}

TEST_CASE("sessions that are down or should have ended are logged off, with what their users lose") {
    SessionHost host;
    host.add_disconnected(5, "bob", 3h);
    host.add(session(6, SessionState::down, ""));
    const Plan both = plan(host);
    CHECK(both.cures.size() == 2);
    REQUIRE(ids(both) == "log-off");
    const Rung& rung = both.rungs[0];
    CHECK(words(rung).size() == 2);
    CHECK(rung.disconnects_sessions);
    CHECK(rung.irreversible == "unsaved work of EXAMPLE\\bob is lost");
    CHECK(both.sessions == Words{"EXAMPLE\\bob (session 5, disconnected)", "session 6 (down)"});
    CHECK(log_off(both).id == 5);
    CHECK(log_off(both).user == "EXAMPLE\\bob");
    CHECK_FALSE(log_off(both).even_active); // bob may come back before it is made
}

TEST_CASE("a session that lost its client is disconnected, before others are logged off") {
    SessionHost host;
    host.add_half_open(7, "carol");
    REQUIRE(ids(plan(host)) == "disconnect");
    CHECK(plan(host).rungs[0].irreversible.empty());
    CHECK(plan(host).rungs[0].disconnects_sessions);
    host.add_disconnected(5, "bob", 3h);
    CHECK(ids(plan(host)) == "disconnect log-off");
    CHECK(ids(plan(host, {{"action", "logoff"}})) == "log-off"); // carol's session is active for Windows
    CHECK(log_off(plan(host, {{"action", "logoff"}})).id == 5);
    CHECK(ids(plan(host, {{"action", "disconnect"}})) == "disconnect");
}

TEST_CASE("the session of the console is only ended where its id is given") {
    SessionHost host;
    Session& console = host.session_list->at(1);
    console.state = SessionState::down;
    CHECK_FALSE(plan(host).is_called_for());
    console.state = SessionState::disconnected;
    console.disconnected_at = host.time - 90h;
    CHECK_FALSE(plan(host).is_called_for());
    const Plan by_user = plan(host, {{"user", "chief"}});
    CHECK(by_user.rungs.empty());
    CHECK(hindered_by(by_user, "console"));
    CHECK(ids(plan(host, {{"session", "1"}})) == "log-off");
}

TEST_CASE("an active session is ended by its id and never by its user or its age") {
    SessionHost host;
    const Plan by_id = plan(host, {{"session", "2"}});
    REQUIRE(ids(by_id) == "log-off");
    CHECK(log_off(by_id).even_active);
    CHECK(by_id.asked_for == "session 2 logged off");
    CHECK(by_id.cures.empty());
    CHECK(by_id.rungs[0].irreversible.find("EXAMPLE\\anna") != std::string::npos);

    const Plan by_user = plan(host, {{"user", "EXAMPLE\\ANNA"}});
    CHECK(by_user.rungs.empty());
    CHECK(hindered_by(by_user, "EXAMPLE\\anna (session 2, active) is not disconnected"));
    CHECK(plan(host, {{"disconnected_for_h", "1"}}).rungs.empty());
    CHECK(plan(host, {{"user", "anna"}, {"disconnected_for_h", "1"}}).rungs.empty());
}

TEST_CASE("session 0, listeners, unknown states and another user's session are refused by name") {
    SessionHost host;
    host.add(session(9, SessionState::unknown, "RDP-Tcp#9", "bob"));
    const auto refused = [&](const Options& options, const std::string& why) {
        const Plan none = plan(host, options);
        INFO(why);
        CHECK(none.rungs.empty());
        CHECK(hindered_by(none, why));
    };
    refused({{"session", "0"}}, "belongs to the services");
    refused({{"session", "65536"}}, "is a listener");
    refused({{"session", "9"}}, "is not known");
    refused({{"user", "bob"}}, "state of session 9 is not known");
    refused({{"session", "2"}, {"user", "bob"}}, "is not a session of bob");
    refused({{"session", "2"}, {"disconnected_for_h", "1"}}, "is not disconnected");
}

TEST_CASE("a session that is gone, and a user who has none, are as asked") {
    SessionHost host;
    for (const Options& options : {Options{{"session", "44"}}, Options{{"user", "nobody"}}}) {
        const Plan none = plan(host, options);
        CHECK_FALSE(none.asked_for.empty());
        CHECK(none.rungs.empty());
        CHECK(none.obstacles.empty());
    }
}

TEST_CASE("disconnected sessions of a user are chosen without case, and with the domain where it is given") {
    SessionHost host;
    host.add_disconnected(5, "bob", 5min);
    CHECK(log_off(plan(host, {{"user", "BOB"}})).id == 5);
    CHECK(log_off(plan(host, {{"user", "example\\Bob"}})).id == 5);
    CHECK(plan(host, {{"user", "OTHER\\bob"}}).rungs.empty());
    CHECK(plan(host, {{"user", "bo"}}).rungs.empty());
    CHECK_FALSE(log_off(plan(host, {{"user", "bob"}})).even_active);
}

TEST_CASE("age counts by the clock of the session manager, and an unknown one is not old") {
    SessionHost host;
    host.add_disconnected(5, "bob", 30h);
    host.add_disconnected(6, "carol", 20h);
    CHECK(log_off(plan(host, {{"disconnected_for_h", "24"}})).id == 5);
    CHECK(plan(host, {{"disconnected_for_h", "24"}}).rungs[0].changes.size() == 1);
    host.session_list->at(4).now = host.time - 10h;
    CHECK(plan(host, {{"disconnected_for_h", "24"}}).rungs.empty());
    host.session_list->at(4).disconnected_at.reset();
    const Plan unknown = plan(host, {{"disconnected_for_h", "10"}});
    CHECK(unknown.rungs.at(0).changes.size() == 1); // carol's
    CHECK(hindered_by(unknown, "Since when session 5"));
}

TEST_CASE("users are told first, all of them, and the wait comes once") {
    SessionHost host;
    host.add_disconnected(5, "bob", 3h);
    host.add_disconnected(6, "carol", 3h);
    host.add(session(8, SessionState::down, ""));
    const Plan told = plan(host, {{"message", "Please log on again."}});
    const auto& changes = told.rungs.at(0).changes;
    REQUIRE(changes.size() == 5);
    CHECK(std::get<TellSession>(changes[0]).seconds == 0);
    CHECK(std::get<TellSession>(changes[0]).text == "Please log on again.");
    CHECK(std::get<TellSession>(changes[1]).seconds == 60);
    CHECK(std::holds_alternative<LogOffSession>(changes[2]));
    const Plan longer = plan(host, {{"message", "Bye"}, {"wait_s", "600"}});
    CHECK(std::get<TellSession>(longer.rungs.at(0).changes[1]).seconds == 600);
    CHECK(hindered_by(plan(host, {{"session", "5"}, {"wait_s", "10"}}), "needs a message"));
}

TEST_CASE("a named session is disconnected, and one without a connection is not") {
    SessionHost host;
    host.add(session(8, SessionState::down, ""));
    host.add_disconnected(5, "bob", 3h);
    const Plan named = plan(host, {{"session", "2"}, {"action", "disconnect"}});
    REQUIRE(ids(named) == "disconnect");
    CHECK(named.rungs[0].irreversible.empty());
    CHECK(plan(host, {{"session", "5"}, {"action", "disconnect"}}).obstacles.empty());
    CHECK(plan(host, {{"session", "5"}, {"action", "disconnect"}}).rungs.empty());
    CHECK(hindered_by(plan(host, {{"session", "8"}, {"action", "disconnect"}}), "no connection"));
    CHECK(hindered_by(plan(host, {{"user", "anna"}, {"action", "disconnect"}}), "in use"));
    CHECK(hindered_by(plan(host, {{"disconnected_for_h", "1"}, {"action", "disconnect"}}), "goes with logoff"));
    host.add_half_open(7, "carol");
    CHECK(ids(plan(host, {{"user", "carol"}, {"action", "disconnect"}})) == "disconnect");
}

TEST_CASE("what is chosen and found must be gone, what is only found need not") {
    SessionHost host;
    host.add_disconnected(5, "bob", 3h);
    host.add_disconnected(6, "carol", 3h);
    const Plan one = plan(host, {{"session", "5"}});
    REQUIRE(one.cures.size() == 1);
    CHECK(one.cures[0].subject == "5");
    CHECK(one.rungs.at(0).changes.size() == 1);
}

TEST_CASE("sessions that could not be read are not ended") {
    SessionHost host;
    host.add_disconnected(5, "bob", 3h);
    SECTION("no answer") { host.session_list = Error{Errc::unsupported, 0, "WTSEnumerateSessionsExW"}; }
    SECTION("not even session 0") { host.session_list = std::vector<Session>{}; }
    for (const Options& options : {Options{}, Options{{"session", "5"}}, Options{{"user", "bob"}}}) {
        CHECK(plan(host, options).rungs.empty());
        CHECK_FALSE(plan(host, options).obstacles.empty());
    }
}

TEST_CASE("options of the repair sessions are checked") {
    const auto specs = sessions_options();
    for (const Options& wrong :
         {Options{{"session", "-1"}}, Options{{"session", "4294967296"}}, Options{{"disconnected_for_h", "0"}},
          Options{{"wait_s", "601"}}, Options{{"action", "reset"}}, Options{{"user", ""}}, Options{{"sesion", "5"}},
          Options{{"message", "a\nb"}}, Options{{"message", std::string(501, 'a')}}})
        CHECK_FALSE(problem_of(wrong, specs).empty());
    CHECK(problem_of({{"message", std::string(500, 'a')}, {"wait_s", "0"}, {"session", "0"}}, specs).empty());
}
