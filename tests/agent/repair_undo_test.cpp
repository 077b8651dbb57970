// Can a finished repair be taken back, a running one be ended, and a restart of the machine be waited for?
#include "tests/support/desk_bench.hpp"
#include "tests/support/serving_host.hpp"
#include "tests/support/stuck_sessions.hpp"

#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

const Caller boss{"boss", "192.0.2.9"};

Repair restart_repair() {
    return setting_repair([](Plan& plan) {
        for (Rung& rung : plan.rungs)
            rung.takes_effect_at_restart = true;
    });
}

Repair confirmed_repair() {
    return setting_repair([](Plan& plan) {
        for (Rung& rung : plan.rungs)
            rung.confirm_within = 5s;
    });
}

} // namespace

TEST_CASE("a finished repair is taken back by its id, also by another process, and only once") {
    DeskBench bench;
    std::string id;
    {
        auto desk = bench.desk({setting_repair()});
        id = ended(*desk, desk->start(setting_request())).id;
        CHECK(bench.x() == 1);
    }
    auto desk = bench.desk({setting_repair()});
    const Job undoing = ended(*desk, desk->roll_back(id, boss, false));
    CHECK(undoing.outcome == Outcome::rolled_back);
    CHECK(undoing.undoes == id);
    CHECK(undoing.caller.name == "boss");
    CHECK(bench.x() == 0);
    CHECK(desk->job(id)->undone_by == undoing.id);
    CHECK(kind_of_refusal(desk->roll_back(id, boss, false)) == Refusal::Kind::not_undoable);
    CHECK(kind_of_refusal(desk->roll_back(undoing.id, boss, false)) == Refusal::Kind::not_undoable);
    desk = bench.desk({setting_repair()});
    CHECK(desk->job(id)->undone_by == undoing.id);
    CHECK(desk->job(undoing.id)->outcome == Outcome::rolled_back);
    CHECK(kind_of_refusal(desk->roll_back(id, boss, false)) == Refusal::Kind::not_undoable);
}

TEST_CASE("what somebody else has changed since is not taken back, and is named") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    const Job job = ended(*desk, desk->start(setting_request()));
    bench.host.set_dword(bench_key, "x", 7);
    const auto refused = desk->roll_back(job.id, boss, false);
    CHECK(kind_of_refusal(refused) == Refusal::Kind::changed_since);
    CHECK(std::get<Refusal>(refused).details.size() == 1);
    CHECK(bench.x() == 7);
}

TEST_CASE("a rollback that fails half way leaves the host as the repair had left it, and says so") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    const Job job = ended(*desk, desk->start(setting_request()));
    bench.control.fail_at = bench.control.writes;
    const Job undoing = ended(*desk, desk->roll_back(job.id, boss, false));
    CHECK(undoing.outcome == Outcome::rollback_failed);
    CHECK(bench.x() == 1);
    CHECK_FALSE(desk->job(job.id)->undone_by.has_value());
    CHECK(ended(*desk, desk->roll_back(job.id, boss, false)).outcome == Outcome::rolled_back);
}

TEST_CASE("a rollback that would cut off sessions names them, and needs leave for it") {
    DeskBench bench;
    ServiceFacts service;
    service.name = "TermService";
    service.state = ServiceState::stopped;
    bench.host.services["termservice"] = service;
    bench.host.session_list = std::vector<Session>{session(3, SessionState::active, "RDP-Tcp#3", "anna")};
    auto desk = bench.desk({setting_repair([](Plan& plan) {
        for (Rung& rung : plan.rungs)
            rung.changes.push_back(SetServiceState{"TermService", ServiceState::running});
    })});
    const Job job = ended(*desk, desk->start(setting_request()));
    INFO(job.reason);
    REQUIRE(job.outcome == Outcome::repaired);
    const auto refused = desk->roll_back(job.id, boss, false);
    REQUIRE(std::holds_alternative<Refusal>(refused));
    CHECK(std::get<Refusal>(refused).kind == Refusal::Kind::sessions);
    CHECK(std::get<Refusal>(refused).details ==
          std::vector<std::string>{"EXAMPLE\\anna (session 3, RDP-Tcp#3, active)"});
    CHECK(bench.x() == 1);
    CHECK(ended(*desk, desk->roll_back(job.id, boss, true)).outcome == Outcome::rolled_back);
    CHECK(bench.x() == 0);
    CHECK(bench.host.services["termservice"].state == ServiceState::stopped);
}

TEST_CASE("who logs on after the plan was made is not cut off without leave") {
    DeskBench bench;
    bench.host.session_list = std::vector<Session>{};
    auto desk = bench.desk({setting_repair([](Plan& plan) {
        for (Rung& rung : plan.rungs)
            rung.disconnects_sessions = true;
        if (!plan.rungs.empty()) // one that does not cure, while somebody comes
            plan.rungs.insert(plan.rungs.begin(),
                              {"first", "Set z", "", {SetRegistryValue{bench_key, "z", RegistryValue{4, 1u}}}});
    })});
    const bool comes = GENERATE(false, true);
    if (comes)
        bench.control.after_change = [](FakeHost& host) {
            host.session_list = std::vector<Session>{session(3, SessionState::active, "RDP-Tcp#3", "anna")};
        };
    RepairRequest request = setting_request();
    request.disconnect_sessions = false;
    const Job job = ended(*desk, desk->start(request));
    INFO(job.reason);
    CHECK(job.outcome == (comes ? Outcome::rolled_back : Outcome::repaired));
    CHECK(bench.x() == (comes ? 0 : 1));
}

TEST_CASE("an id that is no job is refused and never becomes a path") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    CHECK(kind_of_refusal(desk->roll_back("../audit", boss, false)) == Refusal::Kind::unknown_job);
    CHECK(kind_of_refusal(desk->cancel("nothing", boss)) == Refusal::Kind::unknown_job);
    ended(*desk, desk->start(setting_request()));
    const Job unneeded = ended(*desk, desk->start(setting_request()));
    CHECK(unneeded.outcome == Outcome::not_needed);
    CHECK(kind_of_refusal(desk->roll_back(unneeded.id, boss, false)) == Refusal::Kind::not_undoable);
}

TEST_CASE("a running job that is cancelled ends before its next step and is taken back") {
    DeskBench bench;
    auto desk = bench.desk({confirmed_repair()});
    bench.while_pausing = [&] {
        std::string running;
        for (const Job& job : desk->jobs())
            if (job.outcome == Outcome::running)
                running = job.id;
        CHECK(bench.x() == 1);
        CHECK(std::holds_alternative<Job>(desk->cancel(running, boss)));
    };
    const Job job = ended(*desk, desk->start(setting_request()));
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK(job.reason.find("boss cancelled it") != std::string::npos);
    CHECK(bench.x() == 0);
    CHECK(bench.was_told(RepairEventKind::cancel_asked));
    CHECK(kind_of_refusal(desk->cancel(job.id, boss)) == Refusal::Kind::not_undoable);
}

TEST_CASE("a change that can cut the caller off is taken back unless the caller is heard again") {
    DeskBench bench;
    auto desk = bench.desk({confirmed_repair()});
    SECTION("nobody is heard") {
        const Job job = ended(*desk, desk->start(setting_request()));
        CHECK(job.outcome == Outcome::rolled_back);
        CHECK(job.reason.find("not heard again") != std::string::npos);
        CHECK(bench.x() == 0);
    }
    SECTION("the caller was heard before the change, and not after it") {
        bench.control.after_change = [&](FakeHost&) { desk->heard_from(setting_request().caller); };
        CHECK(ended(*desk, desk->start(setting_request())).outcome == Outcome::rolled_back);
    }
    SECTION("somebody else is heard") {
        bench.while_pausing = [&] { desk->heard_from(boss); };
        CHECK(ended(*desk, desk->start(setting_request())).outcome == Outcome::rolled_back);
    }
    SECTION("the caller is heard") {
        bench.while_pausing = [&] { desk->heard_from(setting_request().caller); };
        const Job job = ended(*desk, desk->start(setting_request()));
        CHECK(job.outcome == Outcome::repaired);
        CHECK(bench.x() == 1);
    }
}

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

TEST_CASE(
    "a repair that is not about the listener keeps what it cured, and is not repaired while the handshake fails") {
    DeskBench bench; // its listener cannot be asked
    Repair repair = setting_repair();
    repair.proof = HandshakeProof::no_worse;
    auto desk = bench.desk({repair});
    const Job job = ended(*desk, desk->start(setting_request()));
    CHECK(job.outcome == Outcome::improved);
    CHECK(job.reason.find("stays so; as before it, whether the listener should listen") != std::string::npos);
    CHECK(bench.x() == 1);
    CHECK(bench.was_told(RepairEventKind::improved));
    desk = bench.desk({repair});
    CHECK(desk->job(job.id)->outcome == Outcome::improved);
    CHECK(ended(*desk, desk->roll_back(job.id, boss, false)).outcome == Outcome::rolled_back);
    CHECK(bench.x() == 0);
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

TEST_CASE("a journal that somebody holds is not damaged: nothing begins until it can be read") {
    DeskBench bench;
    const std::filesystem::path folder = bench.folder.path() / "data" / "journal";
    std::filesystem::create_directories(folder / "held.jsonl"); // a folder: it opens and cannot be read
    auto desk = bench.desk({setting_repair()});
    CHECK(bench.was_told(RepairEventKind::journal_unreadable));
    const auto begun = desk->start(setting_request());
    REQUIRE(std::holds_alternative<Refusal>(begun));
    CHECK(std::get<Refusal>(begun).kind == Refusal::Kind::journal);
    CHECK(bench.x() == 0);
    CHECK(std::filesystem::exists(folder / "held.jsonl"));
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

TEST_CASE("only the plan that the caller has seen is carried out") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    RepairRequest request = setting_request();
    const auto seen = desk->plan("setting", {});
    request.plans = {std::get<Plan>(seen).hash()};
    const RepairRequest with_option = [&] {
        RepairRequest other = request;
        other.options = {{"loud", "true"}};
        return other;
    }();
    CHECK(kind_of_refusal(desk->start(with_option)) == Refusal::Kind::plan_changed);
    CHECK(bench.control.writes == 0);
    CHECK(ended(*desk, desk->start(request)).outcome == Outcome::repaired);
    CHECK(kind_of_refusal(desk->start(request)) == Refusal::Kind::plan_changed);
}

TEST_CASE("an option that the repair does not know is refused by name, for the plan and for the repair") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    RepairRequest request = setting_request();
    request.options = {{"louder", "true"}};
    CHECK(kind_of_refusal(desk->start(request)) == Refusal::Kind::bad_option);
    CHECK(std::get<Refusal>(desk->plan("setting", {{"loud", "maybe"}})).kind == Refusal::Kind::bad_option);
    CHECK(std::holds_alternative<Plan>(desk->plan("setting", {{"loud", "true"}})));
}

TEST_CASE("what nobody asked for never disconnects, never needs a restart and is never irreversible") {
    DeskBench bench;
    const auto adjust = GENERATE(0, 1, 2, 3);
    auto desk = bench.desk({setting_repair([adjust](Plan& plan) {
        for (Rung& rung : plan.rungs) {
            rung.disconnects_sessions = adjust == 0;
            rung.takes_effect_at_restart = adjust == 1;
            rung.irreversible = adjust == 2 ? "work is lost" : "";
            rung.confirm_within = adjust == 3 ? 5s : 0s;
        }
    })});
    RepairRequest request = setting_request();
    request.unattended = request.disconnect_sessions = true;
    CHECK(kind_of_refusal(desk->start(request)) == Refusal::Kind::sessions);
    CHECK(bench.control.writes == 0);
}

TEST_CASE("old journals go when there are too many bytes, and open ones stay") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
        bench.host.set_dword(bench_key, "x", 0);
        bench.host.time += 1s; // ids begin with their time
        ids.push_back(ended(*desk, desk->start(setting_request())).id);
    }
    const auto folder = bench.folder.path() / "data" / "journal";
    const auto one = std::filesystem::file_size(folder / (ids[0] + ".jsonl"));
    REQUIRE(prune_journal(folder, 100, one * 2 + one / 2).has_value());
    CHECK_FALSE(std::filesystem::exists(folder / (ids[0] + ".jsonl")));
    CHECK(std::filesystem::exists(folder / (ids[1] + ".jsonl")));
    REQUIRE(prune_journal(folder, 1, std::uintmax_t{1} << 30).has_value());
    CHECK(journal_files(folder)->size() == 1);
    std::ofstream(folder / "20200101T000000Z-open.jsonl", std::ios::binary) << "not read: stays";
    REQUIRE(prune_journal(folder, 0, 0).has_value());
    CHECK(journal_files(folder)->size() == 1);
}
