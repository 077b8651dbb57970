// What becomes of a repair whose time runs out when it has changed something already?
#include "tests/support/desk_bench.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

// The time by which the deadline is kept stands still unless `late_after` changes were made.
struct Slow : DeskBench {
    int late_after = 1;

    std::uint32_t y() const { return read_dword(host, bench_key, "y").value(); }
    Job run(std::function<void(Plan&)> adjust = [](Plan&) {}) {
        host.set_dword(bench_key, "y", 0);
        settings.repair_deadline = 60s;
        const Repair repair = setting_repair([adjust](Plan& plan) {
            for (Rung& rung : plan.rungs)
                rung.changes.push_back(SetRegistryValue{bench_key, "y", RegistryValue{4, 1u}});
            adjust(plan);
        });
        DeskParts parts{host, &control, folder.path() / "data", settings};
        parts.boot_mark = [] { return Result<std::string>(std::string("boot 1")); };
        DeskHooks hooks{disk::append, [](std::chrono::milliseconds) {}, {repair}};
        hooks.tick = [this, start = std::chrono::steady_clock::now()] {
            return control.writes < late_after ? start : start + 61s;
        };
        Desk desk(std::move(parts), std::move(hooks));
        REQUIRE(desk.open().has_value());
        return ended(desk, desk.start(setting_request()));
    }
    void check_taken_back(const Job& job, int made) {
        INFO(job.reason);
        CHECK(job.outcome == Outcome::rolled_back);
        CHECK(job.reason.find("longer than 60 seconds") != std::string::npos);
        CHECK(job.reason.find("Every change was taken back") != std::string::npos);
        CHECK(control.writes == 2 * made); // each, and its inverse
        CHECK(x() == 0);
        CHECK(y() == 0);
    }
};

} // namespace

TEST_CASE("a repair whose time runs out between two changes makes no other and takes back the first") {
    Slow bench;
    const Job job = bench.run();
    bench.check_taken_back(job, 1);
    CHECK(job.steps.at(0).state == StepState::undone);
    CHECK(job.steps.at(1).state == StepState::planned);
}

TEST_CASE("a repair whose time runs out before it is verified is taken back whole") {
    Slow bench;
    bench.late_after = 2;
    bench.check_taken_back(bench.run(), 2);
}

TEST_CASE("a repair whose time runs out before it waits for a restart is taken back whole") {
    Slow bench;
    bench.late_after = 2;
    bench.check_taken_back(bench.run([](Plan& plan) {
        for (Rung& rung : plan.rungs)
            rung.takes_effect_at_restart = true;
    }),
                           2);
}

TEST_CASE("a repair in time is carried out") {
    Slow bench;
    bench.late_after = 3;
    CHECK(bench.run().outcome == Outcome::repaired);
    CHECK(bench.y() == 1);
}
