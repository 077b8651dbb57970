// Can a finished repair be taken back, and a running one be ended?
#include "tests/support/desk_bench.hpp"
#include "tests/support/stuck_sessions.hpp"

#include <fstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

const Caller boss{"boss", "192.0.2.9"};

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
