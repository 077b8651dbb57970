// Is what another process left open when it died taken back without a new start, and never while it lives?
#include "agent/atomic_file.hpp"
#include "tests/support/desk_bench.hpp"

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

const std::string dead = "20260115T000000Z-dead";

// A process that died after it had set "y" from 0 to 1, which its journal announces.
void leave_open(DeskBench& bench) {
    bench.host.set_dword(bench_key, "y", 0);
    Job job;
    job.id = dead;
    job.repair = "setting";
    job.steps = {{"set", "Set y", StepState::planned, "", {}}};
    auto journal = Journal::begin(bench.folder.path() / "data" / "journal", job, "", disk::append);
    REQUIRE(journal.has_value());
    REQUIRE(journal->captured({{0, Change{SetRegistryValue{bench_key, "y", RegistryValue{4, 0u}}}}}).has_value());
    REQUIRE(journal->reaching(0).has_value());
    bench.host.set_dword(bench_key, "y", 1);
}

std::uint32_t y(const DeskBench& bench) { return read_dword(bench.host, bench_key, "y").value(); }

Job await(Desk& desk, const std::string& id) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!desk.job(id)) {
        REQUIRE(std::chrono::steady_clock::now() < end);
        std::this_thread::yield();
    }
    return *desk.job(id);
}

std::ptrdiff_t times_told(DeskBench& bench, RepairEventKind kind) {
    const std::lock_guard lock(bench.mutex);
    return std::count_if(bench.events.begin(), bench.events.end(),
                         [kind](const RepairEvent& event) { return event.kind == kind; });
}

} // namespace

TEST_CASE("what a process left open when it died is taken back by another that lives, once") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    leave_open(bench);
    desk->recover_others();
    CHECK(await(*desk, dead).outcome == Outcome::rolled_back);
    CHECK(y(bench) == 0);
    CHECK(bench.was_told(RepairEventKind::recovered));
    CHECK(read_journal(bench.folder.path() / "data" / "journal" / (dead + ".jsonl"))->finished);
    const int writes = bench.control.writes;
    desk->recover_others();
    desk.reset(); // which waits for its worker
    CHECK(bench.control.writes == writes);
    CHECK(bench.x() == 0);
}

TEST_CASE("the desk is free again after it has taken back what another left") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    leave_open(bench);
    desk->recover_others();
    await(*desk, dead);
    auto begun = desk->start(setting_request());
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (std::holds_alternative<Refusal>(begun) && std::chrono::steady_clock::now() < end)
        begun = desk->start(setting_request());
    CHECK(ended(*desk, begun).outcome == Outcome::repaired);
}

TEST_CASE("while the other process lives, its repair is its own") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    auto lock = take_repair_lock(bench.folder.path() / "data");
    REQUIRE(lock.has_value());
    leave_open(bench);
    desk->recover_others();
    CHECK_FALSE(desk->job(dead).has_value());
    CHECK(y(bench) == 1);
    lock = Error{}; // it dies
    desk->recover_others();
    await(*desk, dead);
    CHECK(y(bench) == 0);
}

TEST_CASE("nothing is taken back while a job of this desk runs") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair([](Plan& plan) {
        for (Rung& rung : plan.rungs)
            rung.confirm_within = 5s;
    })});
    bool left = false;
    bench.while_pausing = [&] {
        if (!std::exchange(left, true))
            leave_open(bench);
        desk->recover_others();
        CHECK(y(bench) == 1);
        desk->heard_from(setting_request().caller);
    };
    CHECK(ended(*desk, desk->start(setting_request())).outcome == Outcome::repaired);
    REQUIRE(left);
    CHECK_FALSE(bench.was_told(RepairEventKind::recovered));
    desk->recover_others();
    await(*desk, dead);
    CHECK(y(bench) == 0);
    CHECK(bench.x() == 1); // what this desk has repaired stays
}

TEST_CASE("the jobs that another process has finished become known, and can be taken back here") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    const std::string id = [&] {
        auto other = bench.desk({setting_repair()});
        return ended(*other, other->start(setting_request())).id;
    }();
    CHECK_FALSE(desk->job(id).has_value());
    desk->recover_others();
    CHECK(await(*desk, id).outcome == Outcome::repaired);
    CHECK(bench.x() == 1);
    CHECK_FALSE(bench.was_told(RepairEventKind::recovered));
}

TEST_CASE("where every journal is known the lock is left to others") {
    DeskBench bench;
    auto desk = bench.desk({setting_repair()});
    ended(*desk, desk->start(setting_request()));
    for (int i = 0; i < 100; ++i) {
        desk->recover_others();
        REQUIRE(take_repair_lock(bench.folder.path() / "data").has_value());
    }
}

TEST_CASE("what waited for a restart is verified later where another process held the lock at the start") {
    DeskBench bench;
    const Repair waiting = setting_repair([](Plan& plan) {
        for (Rung& rung : plan.rungs)
            rung.takes_effect_at_restart = true;
    });
    std::string id;
    {
        auto desk = bench.desk({waiting});
        id = std::get<Job>(desk->start(setting_request())).id;
        while (desk->job(id)->outcome == Outcome::running)
            std::this_thread::yield();
    }
    bench.boot = "boot 2";
    auto held = take_repair_lock(bench.folder.path() / "data");
    REQUIRE(held.has_value());
    auto desk = bench.desk({waiting});
    CHECK(bench.was_told(RepairEventKind::busy));
    desk->recover_others();
    CHECK_FALSE(desk->job(id).has_value());
    held->reset();
    desk->recover_others();
    await(*desk, id);
    while (desk->job(id)->outcome == Outcome::pending_reboot)
        std::this_thread::yield();
    CHECK(desk->job(id)->outcome == Outcome::repaired);
}

TEST_CASE("a folder of journals that cannot be listed is told once, and what is open in it is taken back later") {
    DeskBench bench;
    const std::filesystem::path folder = bench.folder.path() / "data" / "journal", aside = folder.string() + ".aside";
    auto desk = bench.desk({setting_repair()});
    leave_open(bench);
    std::filesystem::rename(folder, aside);
    REQUIRE(write_file_atomically(folder, "not a folder").has_value());
    for (int minute = 0; minute < 3; ++minute)
        desk->recover_others();
    CHECK(times_told(bench, RepairEventKind::journal_unreadable) == 1);
    CHECK(bench.events.back().text.find("journal") != std::string::npos);
    CHECK(y(bench) == 1);
    std::filesystem::remove(folder);
    std::filesystem::rename(aside, folder);
    desk->recover_others();
    CHECK(await(*desk, dead).outcome == Outcome::rolled_back);
    CHECK(y(bench) == 0);
    desk.reset(); // which waits for its worker
    CHECK(times_told(bench, RepairEventKind::journal_unreadable) == 1);
}

TEST_CASE("a folder of journals that cannot be listed again is told again") {
    DeskBench bench;
    const std::filesystem::path folder = bench.folder.path() / "data" / "journal";
    auto desk = bench.desk({setting_repair()});
    for (std::ptrdiff_t time = 1; time < 4; ++time) {
        REQUIRE(write_file_atomically(folder, "not a folder").has_value());
        desk->recover_others();
        CHECK(times_told(bench, RepairEventKind::journal_unreadable) == time);
        std::filesystem::remove(folder);
        desk->recover_others();
    }
}

TEST_CASE("a journal that somebody holds is told once, however often it is looked at") {
    DeskBench bench;
    const std::filesystem::path held = bench.folder.path() / "data" / "journal" / "held.jsonl";
    auto desk = bench.desk({setting_repair()});
    std::filesystem::create_directories(held); // a folder: it opens and cannot be read
    for (int minute = 0; minute < 3; ++minute) {
        desk->recover_others();
        const auto end = std::chrono::steady_clock::now() + 60s;
        for (auto lock = take_repair_lock(bench.folder.path() / "data"); !lock; // until the worker has let it go
             lock = take_repair_lock(bench.folder.path() / "data"))
            REQUIRE(std::chrono::steady_clock::now() < end);
    }
    desk.reset();
    CHECK(times_told(bench, RepairEventKind::journal_unreadable) == 1);
}
