// Does the repair of the services start what is down in the right order, and end only what can be ended?
#include "agent/repair/plan_termservice.hpp"
#include "tests/support/repair_bench.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

const std::string own_account = R"(NT AUTHORITY\NetworkService)";
const std::string restarted[] = {"stop service UmRdpService", "stop service TermService", "start service TermService",
                                 "start service UmRdpService"};

// Everything pending has been so for ten minutes.
PlanAndFindings seen_on(const FakeHost& host) {
    JudgeContext context;
    context.now = host.time;
    context.since = [since = host.time - 10min](std::string_view, std::string_view) {
        return std::optional<Time>(since);
    };
    auto seen = termservice_repair().plan(host, context, {});
    REQUIRE(seen.has_value());
    return std::move(*seen);
}
Plan plan_for(const FakeHost& host) { return seen_on(host).plan; }

void hang(RdpHost& host) {
    host.term_service().state = ServiceState::stop_pending;
    host.term_service().accepted = 0;
    host.give("process 1000", ProcessFacts{1000, R"(C:\Windows\System32\svchost.exe)", 100, 1 << 20, host.time - 24h});
}

void check_refused(const Plan& plan, const std::string& because) {
    INFO(obstacles_of(plan));
    CHECK(plan.rungs.empty());
    CHECK(plan.is_called_for());
    CHECK(obstacles_of(plan).find(because) != std::string::npos);
}

void check_offers(const FakeHost& host) {
    const PlanAndFindings seen = seen_on(host);
    Lines named;
    for (const Finding& finding : called_for(seen.findings, "termservice"))
        named.push_back(finding.code + (finding.subject.empty() ? "" : " " + finding.subject));
    CHECK(named == (seen.plan.rungs.empty() ? Lines{} : cures_of(seen.plan)));
}

} // namespace

TEST_CASE("services that run call for nothing") {
    const Plan plan = plan_for(RdpHost());
    CHECK(cures_of(plan) == Lines{});
    CHECK(ladder_of(plan) == "");
    CHECK(plan.obstacles == Lines{});
}

TEST_CASE("disabled dependencies that TermService declares are enabled and started before it") {
    RdpHost host;
    RdpHost::set_state(host.term_service(), ServiceState::stopped);
    host.term_service().depends_on = {"RPCSS", "Other"};
    host.add_service("Other", ServiceState::stopped).start = StartType::disabled;
    const Plan plan = plan_for(host);
    REQUIRE(ladder_of(plan) == "start");
    CHECK(changes_of(plan.rungs[0]) ==
          Lines{"set the start type of service Other to manual", "start service Other", "start service TermService"});
    CHECK(cures_of(plan) == Lines{"termservice.not_running TermService", "termservice.dependency_disabled Other"});
    check_offers(host);
    host.services["rpcss"].start = StartType::disabled; // as Windows installs it, not on demand
    CHECK(changes_of(plan_for(host).rungs.at(0))[0] == "set the start type of service RpcSs to automatic");
}

TEST_CASE("a dependency that is not declared, and a driver, stay as they are") {
    RdpHost host;
    SECTION("not declared") {
        host.services["keyiso"].start = StartType::disabled;
        CHECK(ladder_of(plan_for(host)) == "");
    }
    SECTION("a driver, without which TermService is not started either") {
        RdpHost::set_state(host.term_service(), ServiceState::stopped);
        host.term_service().depends_on = {"RPCSS", "TermDD"};
        host.add_service("TermDD", ServiceState::stopped).start = StartType::disabled;
        host.services["termdd"].type = 1;
        check_refused(plan_for(host), "TermDD is disabled");
    }
    check_offers(host);
}

TEST_CASE("the account goes back to the one of Windows, from one that can be put back") {
    RdpHost host;
    host.term_service().account = "LocalSystem";
    SECTION("it runs") {
        const Plan plan = plan_for(host);
        REQUIRE(ladder_of(plan) == "start");
        CHECK(changes_of(plan.rungs[0]) == Lines{"let service TermService run as " + own_account});
        CHECK_FALSE(plan.rungs[0].disconnects_sessions);
    }
    SECTION("it is stopped") {
        RdpHost::set_state(host.term_service(), ServiceState::stopped);
        CHECK(changes_of(plan_for(host).rungs.at(0)) ==
              Lines{"let service TermService run as " + own_account, "start service TermService"});
    }
    check_offers(host);
}

TEST_CASE("an account with a password is left, and TermService not started with it") {
    RdpHost host;
    host.term_service().account = R"(.\admin)";
    RdpHost::set_state(host.term_service(), ServiceState::stopped);
    host.services["sessionenv"].start = StartType::disabled;
    const Plan plan = plan_for(host);
    // What can be done is done, and the start that would fail is not tried.
    CHECK(changes_of(plan.rungs.at(0)) == Lines{"set the start type of service SessionEnv to manual"});
    CHECK(obstacles_of(plan).find("password is not known") != std::string::npos);
    check_offers(host);
    host.services["sessionenv"].start = StartType::manual;
    check_refused(plan_for(host), "password is not known");
}

TEST_CASE("a restart stops every service that depends and runs, and starts them in the reverse order") {
    RdpHost host;
    host.add_service("Second");
    host.add_service("Idle", ServiceState::stopped);
    host.term_service().dependents = {"Second", "UmRdpService", "Idle"};
    const Restart restart = restart_term_service(read_term_services(host));
    Lines lines;
    for (const Change& change : restart.changes)
        lines.push_back(describe(change));
    CHECK(lines == Lines{"stop service Second", "stop service UmRdpService", "stop service TermService",
                         "start service TermService", "start service UmRdpService", "start service Second"});
    host.fail("service Second", {Errc::access_denied, 5, "OpenServiceW"});
    CHECK(restart_term_service(read_term_services(host)).changes.empty());
    CHECK(restart_term_service(read_term_services(host)).obstacle.find("Second") != std::string::npos);
}

TEST_CASE("UmRdpService is restarted along where Windows names no dependents") {
    RdpHost host;
    host.term_service().dependents.clear();
    CHECK(restart_term_service(read_term_services(host)).changes.size() == 4);
    host.services.erase("umrdpservice");
    CHECK(restart_term_service(read_term_services(host)).changes.size() == 2);
}

TEST_CASE("a hung TermService is restarted where it takes a stop") {
    RdpHost host;
    hang(host);
    host.term_service().accepted = 1;
    const Plan plan = plan_for(host);
    REQUIRE(ladder_of(plan) == "restart");
    CHECK(changes_of(plan.rungs[0]) == Lines(std::begin(restarted), std::end(restarted)));
    CHECK(plan.sessions.size() == 1);
    check_offers(host);
}

TEST_CASE("a hung TermService alone in its process has it ended, if its start is known") {
    RdpHost host;
    hang(host);
    SECTION("stopping") {}
    SECTION("starting") { host.term_service().state = ServiceState::start_pending; }
    const Plan plan = plan_for(host);
    REQUIRE(ladder_of(plan) == "end-process");
    CHECK(changes_of(plan.rungs[0]) ==
          Lines{"end process 1000 of service TermService", "start service TermService", "start service UmRdpService"});
    CHECK(std::get<EndServiceProcess>(plan.rungs[0].changes[0]).started == host.time - 24h);
    CHECK(plan.rungs[0].disconnects_sessions);
    CHECK(plan.sessions.size() == 1);
    check_offers(host);
    host.give("process 1000", Error{Errc::access_denied, 5, "OpenProcess"});
    check_refused(plan_for(host), "OpenProcess");
    check_offers(host);
}

TEST_CASE("a hung TermService in a shared process gets one of its own at the restart of Windows") {
    RdpHost host;
    hang(host);
    host.term_service().services_in_process = 5;
    const Plan plan = plan_for(host);
    REQUIRE(ladder_of(plan) == "own-process");
    CHECK(std::get<SetServiceType>(plan.rungs[0].changes.at(0)).type == 0x10);
    CHECK(plan.rungs[0].takes_effect_at_restart);
    CHECK_FALSE(plan.rungs[0].disconnects_sessions);
    check_offers(host);
    host.term_service().services_in_process = 0; // Windows did not tell
    check_refused(plan_for(host), "restart Windows");
    check_offers(host);
}

TEST_CASE("a hung TermService without its process ended and started ends as repaired") {
    RepairBench bench(termservice_repair());
    hang(bench.host);
    bench.host.hangs_up();
    bench.control.after_change = [&](FakeHost&) {
        if (bench.host.term_service().state == ServiceState::running)
            bench.host.serves();
    };
    DeskParts parts{bench.host, &bench.control, bench.folder.path() / "data", bench.settings};
    parts.since = [&](std::string_view, std::string_view) { return std::optional<Time>(bench.host.time - 10min); };
    Desk desk(std::move(parts), DeskHooks{disk::append, [](std::chrono::milliseconds) {}, {bench.repair}});
    REQUIRE(desk.open().has_value());
    const auto begun = bench.start(desk, {}, true);
    REQUIRE(std::holds_alternative<Job>(begun));
    const Job job = desk.wait(std::get<Job>(begun).id, 60s).value();
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
}

TEST_CASE("nothing is started on a host on which Remote Desktop is off") {
    RdpHost host;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    RdpHost::set_state(host.term_service(), ServiceState::stopped);
    host.term_service().account = "LocalSystem";
    host.services["rpcss"].start = StartType::disabled;
    CHECK(ladder_of(plan_for(host)) == "");
    CHECK_FALSE(plan_for(host).is_called_for());
    check_offers(host);
}
