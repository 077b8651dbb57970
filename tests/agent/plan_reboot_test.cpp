// Does a restart name everybody who loses work, and is it never called for by itself?
#include "agent/repair/plan_reboot.hpp"

#include "tests/support/planned.hpp"
#include "tests/support/serving_host.hpp"
#include "tests/support/stuck_sessions.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

using Words = std::vector<std::string>;

Plan plan(const Host& host, const Options& options = {}) { return planned(reboot_repair(), host, options); }

} // namespace

TEST_CASE("a restart is asked for, counts after the boot and cuts off everybody, at the console and disconnected too") {
    ServingHost host;
    host.session_list = SessionHost().session_list;
    host.session_list->push_back(session(5, SessionState::disconnected, "", "bob"));
    const Plan restart = plan(host);
    CHECK(restart.cures.empty());
    CHECK(restart.asked_for == "a restart of the machine");
    CHECK(restart.sessions == Words{"EXAMPLE\\chief (session 1, active)", "EXAMPLE\\anna (session 2, active)",
                                    "EXAMPLE\\bob (session 5, disconnected)"});
    REQUIRE(ids(restart) == "restart");
    const Rung& rung = restart.rungs[0];
    CHECK(rung.takes_effect_at_restart);
    CHECK(rung.disconnects_sessions);
    CHECK(rung.irreversible.find("EXAMPLE\\bob") != std::string::npos);
    const auto& change = std::get<ScheduleRestart>(rung.changes.at(0));
    CHECK(change.seconds == 60);
    CHECK(change.text.find("60 seconds") != std::string::npos);
}

TEST_CASE("the restart comes when it is asked for, with the words that are given") {
    ServingHost host;
    const Plan restart = plan(host, {{"in_s", "86400"}, {"message", "Maintenance tonight"}});
    const auto& change = std::get<ScheduleRestart>(restart.rungs.at(0).changes.at(0));
    CHECK(change.seconds == 86400);
    CHECK(change.text == "Maintenance tonight");
    CHECK(restart.sessions.empty());
    CHECK_FALSE(restart.rungs[0].irreversible.empty());
}

TEST_CASE("sessions that could not be read are not nobody when the machine restarts") {
    ServingHost host;
    SECTION("no answer") { host.session_list = Error{Errc::unsupported, 0, "WTSEnumerateSessionsExW"}; }
    SECTION("not even session 0") { host.session_list = std::vector<Session>{}; }
    CHECK(plan(host).sessions.size() == 1);
    CHECK(plan(host).sessions.at(0).find("could not be read") != std::string::npos);
}

TEST_CASE("options of the repair reboot are checked") {
    for (const Options& wrong : {Options{{"in_s", "29"}}, Options{{"in_s", "86401"}}, Options{{"message", ""}}})
        CHECK_FALSE(problem_of(wrong, reboot_options()).empty());
    CHECK(problem_of({{"in_s", "30"}}, reboot_options()).empty());
}
