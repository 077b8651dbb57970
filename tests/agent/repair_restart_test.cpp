// Is a restart of the machine waited for, and the repair verified or taken back after it?
#include "tests/support/desk_bench.hpp"
#include "tests/support/serving_host.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const Caller boss{"boss", "192.0.2.9"};

Repair restart_repair() {
    return setting_repair([](Plan& plan) {
        for (Rung& rung : plan.rungs)
            rung.takes_effect_at_restart = true;
    });
}

} // namespace

TEST_CASE("what counts after a restart waits for it, over starts of the program, and is verified then") {
    DeskBench bench;
    std::string id;
    {
        auto desk = bench.desk({restart_repair()});
        const auto begun = desk->start(setting_request());
        id = std::get<Job>(begun).id;
        while (desk->job(id)->outcome == Outcome::running)
            std::this_thread::yield();
        CHECK(desk->job(id)->outcome == Outcome::pending_reboot);
    }
    {
        auto desk = bench.desk({restart_repair()});
        CHECK(desk->job(id)->outcome == Outcome::pending_reboot);
        CHECK(bench.x() == 1);
    }
    bench.boot = "boot 2";
    SECTION("cured") {
        auto desk = bench.desk({restart_repair()});
        while (desk->job(id)->outcome == Outcome::pending_reboot)
            std::this_thread::yield();
        CHECK(desk->job(id)->outcome == Outcome::repaired);
        CHECK(bench.was_told(RepairEventKind::verifies_after_restart));
        desk = bench.desk({restart_repair()});
        CHECK(desk->job(id)->outcome == Outcome::repaired);
        CHECK(ended(*desk, desk->roll_back(id, boss, false)).outcome == Outcome::rolled_back);
    }
    SECTION("not cured, and taken back") {
        Repair blind = restart_repair();
        blind.judge = [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
            return std::vector<Finding>{{"bench.low", Severity::critical, "still"}};
        };
        auto desk = bench.desk({blind});
        while (desk->job(id)->outcome == Outcome::pending_reboot)
            std::this_thread::yield();
        CHECK(desk->job(id)->outcome == Outcome::rolled_back);
        CHECK(bench.x() == 0);
        const int writes = bench.control.writes;
        desk.reset();
        desk = bench.desk({blind});
        CHECK(bench.control.writes == writes);
    }
}

TEST_CASE("a restart that did not cure is named as what cannot be taken back") {
    DeskBench bench;
    Repair blind = setting_repair([](Plan& plan) {
        for (Rung& rung : plan.rungs) {
            rung.takes_effect_at_restart = true;
            rung.changes.push_back(ScheduleRestart{60, "soon"});
        }
    });
    std::string id;
    {
        auto desk = bench.desk({blind});
        id = std::get<Job>(desk->start(setting_request())).id;
        while (desk->job(id)->outcome == Outcome::running)
            std::this_thread::yield();
    }
    bench.boot = "boot 2";
    blind.judge = [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
        return std::vector<Finding>{{"bench.low", Severity::critical, "still"}};
    };
    auto desk = bench.desk({blind});
    while (desk->job(id)->outcome == Outcome::pending_reboot)
        std::this_thread::yield();
    CHECK(desk->job(id)->outcome == Outcome::rolled_back);
    CHECK(desk->job(id)->reason.find("What cannot be taken back: the machine has been restarted") != std::string::npos);
    CHECK(bench.x() == 0);
}

TEST_CASE("after a restart a handshake that fails is not excused, whatever the repair is about") {
    DeskBench bench; // its listener cannot be asked
    Repair repair = restart_repair();
    repair.proof = HandshakeProof::no_worse;
    std::string id;
    {
        auto desk = bench.desk({repair});
        id = std::get<Job>(desk->start(setting_request())).id;
        while (desk->job(id)->outcome == Outcome::running)
            std::this_thread::yield();
    }
    bench.boot = "boot 2";
    auto desk = bench.desk({repair});
    while (desk->job(id)->outcome == Outcome::pending_reboot)
        std::this_thread::yield();
    CHECK(desk->job(id)->outcome == Outcome::rolled_back);
    CHECK(bench.x() == 0);
}

TEST_CASE("what was asked for and is not so after the restart is not repaired") {
    DeskBench bench;
    Repair asked = restart_repair();
    asked.judge = [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
        return std::vector<Finding>{};
    };
    asked.plan = [plan = asked.plan](const Host& host, const JudgeContext& context,
                                     const Options& options) -> Result<PlanAndFindings> {
        auto seen = plan(host, context, options);
        if (seen) {
            seen->plan.cures.clear();
            seen->findings.clear();
            seen->plan.asked_for = options.count("loud") != 0 ? "x set loudly" : "x set";
        }
        return seen;
    };
    RepairRequest what = setting_request();
    what.options = {{"loud", "true"}};
    std::string id;
    {
        auto desk = bench.desk({asked});
        id = std::get<Job>(desk->start(what)).id;
        while (desk->job(id)->outcome == Outcome::running)
            std::this_thread::yield();
    }
    bench.boot = "boot 2";
    SECTION("it is as asked") {
        auto desk = bench.desk({asked});
        while (desk->job(id)->outcome == Outcome::pending_reboot)
            std::this_thread::yield();
        CHECK(desk->job(id)->outcome == Outcome::repaired);
    }
    SECTION("a policy has set it back") {
        bench.host.set_dword(bench_key, "x", 0);
        auto desk = bench.desk({asked});
        while (desk->job(id)->outcome == Outcome::pending_reboot)
            std::this_thread::yield();
        CHECK(desk->job(id)->outcome == Outcome::rolled_back);
        CHECK(desk->job(id)->reason.find("x set loudly is still to be done") != std::string::npos);
    }
}

TEST_CASE("after a restart a TermService that does not run is not excused where Remote Desktop is on") {
    ServingHost host;
    host.hang_up();
    host.services["termservice"].state = ServiceState::stopped;
    CHECK(prove_handshake(host, "127.0.0.1").cured);
    CHECK_FALSE(prove_handshake(host, "127.0.0.1", true).cured);
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    CHECK(prove_handshake(host, "127.0.0.1", true).cured);
}

TEST_CASE("a repair that waits for a restart is taken back when it is cancelled") {
    DeskBench bench;
    auto desk = bench.desk({restart_repair()});
    const std::string id = std::get<Job>(desk->start(setting_request())).id;
    while (desk->job(id)->outcome == Outcome::running)
        std::this_thread::yield();
    const Job undoing = ended(*desk, desk->cancel(id, boss));
    CHECK(undoing.outcome == Outcome::rolled_back);
    CHECK(bench.x() == 0);
    CHECK(desk->job(id)->outcome == Outcome::rolled_back);
    bench.boot = "boot 2";
    desk = bench.desk({restart_repair()});
    CHECK_FALSE(bench.was_told(RepairEventKind::verifies_after_restart));
    CHECK(desk->job(id)->outcome == Outcome::rolled_back);
    CHECK(bench.x() == 0);
}

TEST_CASE("a repair that waits for a restart is not begun where restarts cannot be told") {
    DeskBench bench;
    DeskParts parts{bench.host, &bench.control, bench.folder.path() / "data", bench.settings};
    Desk desk(std::move(parts), DeskHooks{disk::append, [](std::chrono::milliseconds) {}, {restart_repair()}});
    REQUIRE(desk.open().has_value());
    CHECK(kind_of_refusal(desk.start(setting_request())) == Refusal::Kind::impossible);
    CHECK(bench.control.writes == 0);
}
