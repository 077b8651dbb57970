// Is TermService restarted where somebody asks for it, and only where that can cure and brings it back?
#include "agent/repair/plan_termservice.hpp"
#include "tests/support/nothing_lost.hpp"
#include "tests/support/repair_bench.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

const Options restart{{"restart", "true"}};

Plan asked_on(const FakeHost& host) { return plan_of(termservice_repair(), host, restart); }

// A listener that answers nobody until TermService has been stopped.
void serves_after_a_stop(RepairBench& bench) {
    bench.host.hangs_up();
    bench.control.after_change = [&bench](FakeHost&) {
        if (bench.host.term_service().state == ServiceState::stopped)
            bench.host.serves();
    };
}

} // namespace

TEST_CASE(
    "a restart that somebody asks for stops and starts TermService and what depends on it, and names who is cut off") {
    const Plan plan = asked_on(RdpHost());
    CHECK(plan.asked_for == "TermService restarted");
    CHECK(cures_of(plan) == Lines{});
    CHECK(obstacles_of(plan) == "");
    REQUIRE(ladder_of(plan) == "restart");
    CHECK(changes_of(plan.rungs[0]) == Lines{"stop service UmRdpService", "stop service TermService",
                                             "start service TermService", "start service UmRdpService"});
    CHECK(plan.rungs[0].disconnects_sessions);
    CHECK_FALSE(plan.rungs[0].undo.empty());
    CHECK(plan.sessions.size() == 1);
    CHECK_FALSE(plan_of(termservice_repair(), RdpHost()).is_called_for()); // nobody asks
    CHECK(plan_of(termservice_repair(), RdpHost(), {{"restart", "false"}}).rungs.empty());
}

TEST_CASE("a restart is refused where it cures nothing or would not bring TermService back, and says why") {
    struct Row {
        const char* name;
        std::function<void(RdpHost&)> change;
        const char* because;
    };
    const std::vector<Row> rows{
        {"stopped", [](RdpHost& host) { RdpHost::set_state(host.term_service(), ServiceState::stopped); },
         "TermService is stopped, so that there is nothing to restart: ask without restart"},
        {"stopping", [](RdpHost& host) { host.term_service().state = ServiceState::stop_pending; },
         "TermService is stopping"},
        {"disabled", [](RdpHost& host) { host.term_service().start = StartType::disabled; },
         "because it is disabled: ask without restart first"},
        {"another account", [](RdpHost& host) { host.term_service().account = "LocalSystem"; },
         "set to run as LocalSystem: ask without restart first"},
        {"an account with a password", [](RdpHost& host) { host.term_service().account = R"(.\admin)"; },
         R"(set to run as .\admin: a restart cures nothing)"},
        {"a dependency is missing", [](RdpHost& host) { host.services.erase("rpcss"); },
         "RpcSs, on which it depends, does not exist"},
        {"a dependency is disabled",
         [](RdpHost& host) {
             host.term_service().depends_on = {"RPCSS", "Other"};
             host.add_service("Other", ServiceState::stopped).start = StartType::disabled;
         },
         "Other, on which it depends, is disabled: ask without restart first"},
        {"its program is missing", [](RdpHost& host) { host.files.clear(); }, "ServiceDll"},
        {"another program", [](RdpHost& host) { host.hold_port_by("Other", R"(C:\Other\other.exe)"); },
         "other.exe (process id 4400) holds the port of the listener"},
        {"shared", [](RdpHost& host) { host.term_service().services_in_process = 3; },
         "shares its process with 2 other services"},
        {"not counted", [](RdpHost& host) { host.term_service().services_in_process = 0; },
         "how many services share the process"},
        {"takes no stop", [](RdpHost& host) { host.term_service().accepted = 0; }, "does not accept a stop"},
        {"not read",
         [](RdpHost& host) {
             host.fail("service TermService", {Errc::access_denied, 5, "OpenServiceW"});
         },
         "OpenServiceW"},
        {"its dependent is not read",
         [](RdpHost& host) {
             host.fail("service UmRdpService", {Errc::access_denied, 5, "OpenServiceW"});
         },
         "UmRdpService could not be read"},
        {"switched off", [](RdpHost& host) { host.set_dword(keys::terminal_server, "fDenyTSConnections", 1); },
         "Remote Desktop is switched off"},
        {"the switch is not known", [](RdpHost& host) { host.drop(keys::terminal_server, "fDenyTSConnections"); },
         "Whether Remote Desktop is switched on is not known"},
    };
    for (const Row& row : rows) {
        RdpHost host;
        row.change(host);
        const Plan plan = asked_on(host);
        INFO(row.name << ": " << obstacles_of(plan));
        CHECK(plan.rungs.empty());
        CHECK(plan.is_called_for()); // refused, and not called unneeded
        CHECK(obstacles_of(plan).find(row.because) != std::string::npos);
    }
}

TEST_CASE("a port whose owner is not known hinders no restart that somebody asks for, and the plan says so") {
    RdpHost host;
    SECTION("the table cannot be read") {
        host.listeners = Error{Errc::access_denied, 5, "GetExtendedTcpTable"};
        const Plan plan = asked_on(host);
        REQUIRE(ladder_of(plan) == "restart");
        CHECK(plan.rungs[0].why.find("GetExtendedTcpTable") != std::string::npos);
    }
    SECTION("nobody holds it") {
        host.listeners = std::vector<TcpListener>{};
        CHECK(ladder_of(asked_on(host)) == "restart");
    }
}

TEST_CASE("a restart that moves the listener to another port says so before anybody agrees to it") {
    RdpHost host;
    const auto disruption = [&host] {
        const Plan plan = asked_on(host);
        REQUIRE(ladder_of(plan) == "restart");
        return plan.rungs[0].disruption;
    };
    CHECK(disruption().find("firewall") == std::string::npos);
    host.set_dword(keys::rdp_tcp, "PortNumber", 3390); // it still has 3389
    CHECK(disruption().find("no longer on TCP 3389: let the new port in through the firewall first") !=
          std::string::npos);
    CHECK(plan_of(termservice_repair(), host).rungs.empty()); // nobody asks
}

TEST_CASE("no plan of the services makes a handshake, which would leave events on the host") {
    struct Counting : RdpHost {
        mutable int asked = 0;
        Result<HandshakeFacts> rdp_handshake(const Endpoint&) const override {
            ++asked;
            return handshake;
        }
    } host;
    CHECK(ladder_of(asked_on(host)) == "restart");
    CHECK(ladder_of(plan_of(termservice_repair(), host)) == "");
    CHECK(host.asked == 0);
}

TEST_CASE("a TermService that runs and answers nobody is restarted as asked and ends as repaired") {
    RepairBench bench(termservice_repair());
    serves_after_a_stop(bench);
    const Job job = bench.run(restart);
    INFO(job.reason);
    CHECK(job.outcome == Outcome::repaired);
    CHECK(bench.control.writes == 4);
    CHECK(bench.host.term_service().state == ServiceState::running);
    CHECK(bench.host.services["umrdpservice"].state == ServiceState::running);
}

TEST_CASE("a restart after which the listener still does not answer is not called repaired, and the services run") {
    RepairBench bench(termservice_repair());
    bench.host.hangs_up();
    const Job job = bench.run(restart);
    INFO(job.reason);
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK(bench.host.term_service().state == ServiceState::running);
    CHECK(bench.host.services["umrdpservice"].state == ServiceState::running);
}

TEST_CASE("a restart disconnects nobody without leave, and never begins unasked") {
    RepairBench bench(termservice_repair());
    serves_after_a_stop(bench);
    const Refusal refusal = bench.refusal(restart, false);
    CHECK(refusal.kind == Refusal::Kind::sessions);
    CHECK(refusal.details.size() == 1);
    RepairRequest nobody_asked{"termservice", true};
    nobody_asked.caller = {"ops", "127.0.0.1"};
    nobody_asked.options = restart;
    nobody_asked.unattended = true;
    bench.host.session_list = std::vector<Session>{}; // not even where nobody is cut off
    auto desk = bench.desk();
    CHECK(std::holds_alternative<Refusal>(desk->start(nobody_asked)));
    CHECK(bench.control.writes == 0);
}

TEST_CASE("nothing is lost while a TermService that runs is restarted as asked") {
    const BrokenHost broken{"asked", termservice_repair(), restart, [] { return std::make_unique<RdpHost>(); }};
    CHECK(check_nothing_lost(broken) >= 4);
}
