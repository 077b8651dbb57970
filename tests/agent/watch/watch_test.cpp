// Does the watch keep asking, and does a probe that hangs cost nobody else anything?
#include "agent/watch/watch.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>

using namespace rdpmedic;
using namespace std::chrono_literals;

namespace {

const auto host = std::make_shared<const testing::FakeHost>();

// Given up after a time that no load of the machine reaches.
Probe probe(std::string_view id, std::chrono::seconds period,
            std::function<Result<std::vector<Finding>>(const Host&, const JudgeContext&)> run) {
    return {id, "", period, 100s, std::move(run)};
}

Probe given_up_soon(Probe probe) {
    probe.timeout = 1s;
    return probe;
}

Result<std::vector<Finding>> healthy(const Host&, const JudgeContext&) { return std::vector<Finding>{}; }

// Waits until `wanted` holds of the board, at most a minute.
bool eventually(const Board& board, const std::function<bool(const Snapshot&)>& wanted) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    for (auto now = board.current(); std::chrono::steady_clock::now() < end; now = board.current()) {
        if (wanted(*now))
            return true;
        board.wait_beyond(now->generation, 50ms);
    }
    return false;
}

// A gate that a test opens, at the latest when it ends.
struct Gate {
    std::promise<void> promise;
    std::shared_future<void> opened{promise.get_future().share()};
    ~Gate() { promise.set_value(); }
};

} // namespace

TEST_CASE("every probe reports soon after the start and again after its period") {
    std::atomic<int> runs = 0;
    const std::vector probes{probe("a", 1s,
                                   [&](const Host&, const JudgeContext&) {
                                       ++runs;
                                       return Result<std::vector<Finding>>{std::vector<Finding>{}};
                                   }),
                             probe("b", 100s, healthy)};
    Board board(first_snapshot(probes, host->time));
    Watch watch(host, probes, board, {});
    watch.start();
    CHECK(eventually(board, [](const Snapshot& snapshot) { return snapshot.complete(); }));
    CHECK(eventually(board, [&](const Snapshot&) { return runs >= 2; }));
    watch.stop();
}

TEST_CASE("a probe that never comes back is reported as stuck and the others go on, with a single worker") {
    Gate gate;
    std::atomic<int> started = 0, others = 0;
    const std::vector probes{given_up_soon(probe("hangs", 1s,
                                                 [opened = gate.opened, &started](
                                                     const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
                                                     ++started;
                                                     opened.wait();
                                                     return std::vector<Finding>{};
                                                 })),
                             probe("works", 1s, [&](const Host&, const JudgeContext&) {
                                 ++others;
                                 return Result<std::vector<Finding>>{std::vector<Finding>{}};
                             })};
    Board board(first_snapshot(probes, host->time));
    WatchOptions options;
    options.workers = 1;
    Watch watch(host, probes, board, options);
    watch.start();
    CHECK(eventually(board, [](const Snapshot& snapshot) {
        const ProbeState& state = snapshot.probes.at("hangs");
        return state.stuck && state.findings.at(0).finding.code == "agent.probe_stuck";
    }));
    CHECK(eventually(board, [&](const Snapshot&) { return others >= 3; }));
    CHECK(started == 1);
    watch.stop();
}

TEST_CASE("slow probes that wait keep nobody else waiting, even with a single worker") {
    Gate gate;
    std::atomic<int> waiting = 0;
    const auto waits = [opened = gate.opened, &waiting](const Host&,
                                                        const JudgeContext&) -> Result<std::vector<Finding>> {
        ++waiting;
        opened.wait();
        return std::vector<Finding>{};
    };
    const std::vector probes{slow(probe("slow 1", 100s, waits)), slow(probe("slow 2", 100s, waits)),
                             slow(probe("slow 3", 100s, waits)), probe("works", 100s, healthy)};
    Board board(first_snapshot(probes, host->time));
    WatchOptions options;
    options.workers = 1;
    options.slow_workers = 2;
    Watch watch(host, probes, board, options);
    watch.start();
    CHECK(eventually(board, [&](const Snapshot&) { return waiting == 2; }));
    CHECK(eventually(board,
                     [](const Snapshot& snapshot) { return snapshot.probes.at("works").last_report.has_value(); }));
    CHECK(waiting == 2); // two slow ones at a time: the third waits for its turn
    watch.stop(1ms);
}

TEST_CASE("with every slow probe of the agent waiting, a single worker serves all others") {
    Gate gate;
    std::atomic<std::size_t> waiting = 0;
    std::size_t all_slow = 0;
    std::vector<Probe> probes = all_probes();
    for (Probe& each : probes) {
        each.timeout = 100s; // nothing is ever given up here
        if (each.slow)
            each.run = [opened = gate.opened, &waiting](const Host&,
                                                        const JudgeContext&) -> Result<std::vector<Finding>> {
                ++waiting;
                opened.wait();
                return std::vector<Finding>{};
            };
        else
            each.run = healthy;
        all_slow += each.slow ? 1U : 0U;
    }
    REQUIRE(all_slow > 2);
    Board board(first_snapshot(probes, host->time));
    WatchOptions options;
    options.workers = 1;
    Watch watch(host, probes, board, options);
    watch.start();
    CHECK(eventually(board, [&](const Snapshot& snapshot) {
        for (const Probe& each : probes)
            if (!each.slow && !snapshot.probes.find(each.id)->second.last_report)
                return false;
        return true;
    }));
    CHECK(eventually(board, [&](const Snapshot&) { return waiting == all_slow; })); // nor do they wait for each other
    watch.stop(1ms);
}

TEST_CASE("a slow probe that hangs is reported as stuck and another takes its place") {
    Gate gate;
    std::vector probes{given_up_soon(slow(probe(
                           "hangs", 100s,
                           [opened = gate.opened](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
                               opened.wait();
                               return std::vector<Finding>{};
                           }))),
                       slow(probe("next", 100s, healthy))};
    Board board(first_snapshot(probes, host->time));
    WatchOptions options;
    options.slow_workers = 1;
    Watch watch(host, probes, board, options);
    watch.start();
    CHECK(eventually(board, [](const Snapshot& snapshot) {
        return snapshot.probes.at("hangs").stuck && snapshot.probes.at("next").last_report.has_value();
    }));
    watch.stop();
}

TEST_CASE("a probe that comes back late reports what it found and is no longer stuck") {
    std::promise<void> promise;
    const std::vector probes{given_up_soon(probe(
        "late", 100s,
        [opened = promise.get_future().share()](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
            opened.wait();
            return std::vector<Finding>{{"late.finding", Severity::warning, "found in the end"}};
        }))};
    Board board(first_snapshot(probes, host->time));
    Watch watch(host, probes, board, {});
    watch.start();
    CHECK(eventually(board, [](const Snapshot& snapshot) { return snapshot.probes.at("late").stuck; }));
    promise.set_value();
    CHECK(eventually(board, [](const Snapshot& snapshot) {
        const ProbeState& state = snapshot.probes.at("late");
        return !state.stuck && state.findings.size() == 1 && state.findings[0].finding.code == "late.finding";
    }));
    watch.stop();
}

TEST_CASE("stop returns while a probe hangs, and what it finds later is not published") {
    std::promise<void> promise;
    auto began = std::make_shared<std::promise<void>>(), done = std::make_shared<std::promise<void>>();
    const std::vector probes{probe("hangs", 100s,
                                   [opened = promise.get_future().share(), began,
                                    done](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
                                       began->set_value();
                                       opened.wait();
                                       done->set_value();
                                       return std::vector<Finding>{};
                                   })};
    Board board(first_snapshot(probes, host->time));
    {
        Watch watch(host, probes, board, {});
        watch.start();
        began->get_future().wait(); // one that has not begun would never be started
        watch.stop(10ms);
    }
    const auto generation = board.current()->generation;
    promise.set_value();
    done->get_future().wait();
    CHECK_FALSE(board.wait_beyond(generation, 50ms));
}

TEST_CASE("an exception out of a probe is an unknown answer, not the end") {
    const std::vector probes{
        probe("throws", 100s, [](const Host&, const JudgeContext&) -> Result<std::vector<Finding>> {
            throw std::runtime_error("boom");
        })};
    const Snapshot snapshot = check_once(*host, probes, {}, host->time);
    REQUIRE(snapshot.probes.at("throws").findings.size() == 1);
    CHECK(snapshot.probes.at("throws").findings[0].finding.severity == Severity::unknown);
    CHECK(snapshot.probes.at("throws").findings[0].finding.text.find("boom") != std::string::npos);
}

TEST_CASE("a judge learns since when its finding stands") {
    std::vector<bool> known;
    const std::vector probes{
        probe("a", 1s, [&](const Host&, const JudgeContext& context) -> Result<std::vector<Finding>> {
            known.push_back(context.since("a.code", "x").has_value());
            Finding finding{"a.code", Severity::info, "still"};
            finding.subject = "x";
            return std::vector<Finding>{finding};
        })};
    Board board(first_snapshot(probes, host->time));
    Watch watch(host, probes, board, {});
    watch.start();
    CHECK(eventually(board, [](const Snapshot& snapshot) { return snapshot.generation >= 2; }));
    watch.stop();
    REQUIRE(known.size() >= 2);
    CHECK_FALSE(known[0]);
    CHECK(known[1]);
}

TEST_CASE("each probe finds in its notebook what it wrote at its last run") {
    const auto count = [](const Host&, const JudgeContext& context) -> Result<std::vector<Finding>> {
        if (context.notes)
            context.notes->remember("runs", context.notes->recall("runs").value_or("") + "x");
        return std::vector<Finding>{};
    };
    const std::vector probes{probe("first", 1s, count), probe("second", 100s, count)};
    WatchOptions options;
    options.notes = std::make_shared<Notebooks>();
    options.notes->of("first").remember("runs", "before "); // by an earlier process
    Board board(first_snapshot(probes, host->time));
    Watch watch(host, probes, board, options);
    watch.start();
    CHECK(eventually(board, [&](const Snapshot& snapshot) {
        return snapshot.complete() && options.notes->of("first").recall("runs")->size() >= 9;
    }));
    watch.stop();
    CHECK(options.notes->of("first").recall("runs")->substr(0, 9) == "before xx");
    CHECK(options.notes->of("second").recall("runs") == "x");
}

TEST_CASE("a single check remembers nothing") {
    bool had_notes = true;
    const auto look = [&had_notes](const Host&, const JudgeContext& context) -> Result<std::vector<Finding>> {
        had_notes = context.notes != nullptr;
        return std::vector<Finding>{};
    };
    static_cast<void>(check_once(*host, {probe("one", 1s, look)}, {}, host->time));
    CHECK_FALSE(had_notes);
}
