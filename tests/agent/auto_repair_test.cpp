// Does a repair begin by itself only where, when and as often as the configuration says?
#include "agent/feed_items.hpp"
#include "agent/repair/auto_repair_runner.hpp"
#include "tests/support/desk_bench.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

AutoRepairRule rule() { return {"bench.low", "setting", 22, 5, 1h, 2}; }

// A desk whose repair sets x but never cures, a board on which the finding stands, and the clock of the host.
struct Night : DeskBench {
    unsigned hour = 23;
    bool cures = false;
    std::vector<Transition> seen; // of the findings of auto_repair, as the feed is told of them
    Board board{Snapshot{}, [this](const Snapshot& before, const Snapshot& after, const std::string& probe) {
                    if (probe == "auto_repair")
                        for (Transition& transition : transitions(before, after, probe))
                            seen.push_back(std::move(transition));
                }};
    std::unique_ptr<Desk> door;
    std::unique_ptr<AutoRepair> unattended;

    explicit Night(std::function<void(Plan&)> adjust = [](Plan&) {}) {
        Repair repair = setting_repair(std::move(adjust));
        repair.judge = [this, judge = repair.judge](const Host& of, const JudgeContext& context) {
            return cures
                       ? judge(of, context)
                       : Result<std::vector<Finding>>(std::vector<Finding>{{"bench.low", Severity::critical, "still"}});
        };
        door = desk({repair});
        stands();
        AutoRepairParts parts{board, *door, {rule()}, [this] { return host.time; }};
        parts.hour = [this](Time) { return hour; };
        parts.told = [this](const RepairEvent& event) {
            const std::lock_guard lock(mutex);
            events.push_back(event);
        };
        unattended = std::make_unique<AutoRepair>(std::move(parts));
    }
    void report(std::vector<Finding> findings) {
        Report one;
        one.probe = "bench";
        one.finished = host.time;
        one.findings = std::move(findings);
        board.publish(one);
    }
    void stands() { report({{"bench.low", Severity::critical, "x is 0"}}); }
    void goes() { report({}); }

    // One look, and the end of what it began. How many repairs there have been.
    std::size_t look() {
        unattended->look();
        for (const Job& job : door->jobs())
            (void)door->wait(job.id, 60s);
        return door->jobs().size();
    }
    std::vector<StandingFinding> shown() const {
        const auto found = board.current()->probes.find("auto_repair");
        return found == board.current()->probes.end() ? std::vector<StandingFinding>{} : found->second.findings.get();
    }
};

} // namespace

TEST_CASE("hours reach over midnight, and equal ones are the whole day") {
    CHECK(within_hours(23, 22, 5));
    CHECK(within_hours(4, 22, 5));
    CHECK_FALSE(within_hours(5, 22, 5));
    CHECK_FALSE(within_hours(12, 22, 5));
    CHECK(within_hours(12, 8, 17));
    CHECK_FALSE(within_hours(17, 8, 17));
    CHECK(within_hours(12, 0, 0));
    CHECK(within_hours(23, 0, 24));
}

TEST_CASE("a finding with a rule is repaired by nobody's name within its hours, and not outside them") {
    Night night;
    night.cures = true;
    night.hour = 12;
    CHECK(night.look() == 0);
    night.hour = 23;
    REQUIRE(night.look() == 1);
    const Job job = night.door->jobs().front();
    CHECK(job.outcome == Outcome::repaired);
    CHECK(job.caller.from == "unattended");
    CHECK(night.x() == 1);
    night.goes();
    CHECK(night.look() == 1);
    CHECK(night.shown().empty());
}

TEST_CASE("attempts that do not cure keep their distance, end after so many, and are told") {
    Night night;
    CHECK(night.look() == 1);
    CHECK(night.look() == 1);
    night.host.time += 1h;
    CHECK(night.look() == 2);
    CHECK_FALSE(night.was_told(RepairEventKind::gave_up));
    night.host.time += 1h;
    CHECK(night.look() == 2);
    CHECK(night.was_told(RepairEventKind::gave_up));
    REQUIRE(night.shown().size() == 1);
    CHECK(night.shown()[0].finding.code == "auto_repair.gave_up");
    CHECK(night.shown()[0].finding.subject == "bench.low");
    REQUIRE(night.seen.size() == 1);
    CHECK(night.seen[0].kind == Transition::Kind::came);
    CHECK(night.seen[0].finding.code == "auto_repair.gave_up");
    CHECK(status_of(*night.board.current(), night.host.time) == Status::fail); // of the finding itself

    SECTION("also by the next process, which reads the jobs") {
        night.unattended.reset();
        night.door = night.desk({setting_repair()});
        AutoRepair again({night.board,
                          *night.door,
                          {rule()},
                          [&] { return night.host.time; },
                          [](const RepairEvent&) {},
                          [](Time) { return 23u; }});
        again.look();
        CHECK(night.door->jobs().size() == 2);
    }
    SECTION("until the finding goes and comes back") {
        night.goes();
        night.look();
        CHECK(night.shown().empty());
        night.host.time += 1h;
        night.stands();
        CHECK(night.look() == 3);
    }
}

TEST_CASE("what would disconnect sessions or need a restart is refused once and not asked for again and again") {
    Night night([](Plan& plan) {
        for (Rung& rung : plan.rungs)
            rung.disconnects_sessions = true;
    });
    for (int i = 0; i < 3; ++i) {
        CHECK(night.look() == 0);
        night.host.time += 2h;
    }
    CHECK(night.control.writes == 0);
    const auto refusals = std::count_if(night.events.begin(), night.events.end(), [](const RepairEvent& event) {
        return event.kind == RepairEventKind::refused;
    });
    CHECK(refusals == 1);
}

TEST_CASE("without a rule nothing is repaired by itself") {
    Night night;
    AutoRepair none({night.board, *night.door, {}, [&] { return night.host.time; }, [](const RepairEvent&) {}, {}});
    none.start();
    none.look();
    none.stop();
    CHECK(night.door->jobs().empty());
}
