// Does the feed keep what is newest, within its bounds, and say what is missing?
#include "agent/feed_items.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <thread>

using namespace rdpmedic;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr Time start{std::chrono::seconds{1'770'000'000}};

std::vector<std::uint64_t> ids_of(const Feed::News& news) {
    std::vector<std::uint64_t> ids;
    for (const auto& item : news.items)
        ids.push_back(item->id);
    return ids;
}

using Ids = std::vector<std::uint64_t>;

Report report(const std::string& probe, Time at, std::vector<Finding> findings) {
    Report made;
    made.probe = probe;
    made.finished = at;
    made.findings = std::move(findings);
    return made;
}

json last_of(const Feed& feed) {
    const Feed::News all = feed.after(feed.before_oldest(), 1000);
    REQUIRE_FALSE(all.items.empty());
    return json::parse(all.items.back()->json);
}

} // namespace

TEST_CASE("items come back in their order, from where the reader was") {
    Feed feed(10);
    CHECK(feed.newest() == 9);
    CHECK(feed.after(9, 5).items.empty());
    CHECK_FALSE(feed.after(9, 5).gap);
    for (int i = 0; i < 4; ++i)
        feed.publish("step", "7", "{}");
    CHECK(ids_of(feed.after(9, 10)) == Ids{10, 11, 12, 13});
    CHECK(ids_of(feed.after(11, 10)) == Ids{12, 13});
    CHECK(ids_of(feed.after(9, 2)) == Ids{10, 11});
    CHECK(feed.after(13, 10).items.empty());
    CHECK_FALSE(feed.after(9, 10).gap);
    CHECK(feed.newest() == 13);
}

TEST_CASE("the ring drops the oldest and tells who missed them") {
    Feed feed(1, {3, 1 << 20});
    for (int i = 0; i < 5; ++i)
        feed.publish("step", "7", "{}");
    CHECK(feed.before_oldest() == 2);
    CHECK(ids_of(feed.after(0, 10)) == Ids{3, 4, 5});
    CHECK(feed.after(0, 10).gap);
    CHECK(feed.after(1, 10).gap);
    CHECK_FALSE(feed.after(2, 10).gap);
    CHECK_FALSE(feed.after(feed.before_oldest(), 10).gap);
    CHECK_FALSE(feed.after(5, 10).gap);
}

TEST_CASE("an id of another process gives all that is kept, with a gap") {
    Feed feed(100);
    feed.publish("step", "7", "{}");
    CHECK(feed.after(101, 10).gap);
    CHECK(ids_of(feed.after(101, 10)) == Ids{100});
    CHECK(feed.after(5, 10).gap);
    CHECK(ids_of(feed.after(5, 10)) == Ids{100});
}

TEST_CASE("large items push others out, and the newest stays however large it is") {
    Feed feed(1, {1000, 10'000});
    for (int i = 0; i < 20; ++i)
        feed.publish("step", "7", std::string(2'000, 'x'));
    CHECK(ids_of(feed.after(feed.before_oldest(), 100)).size() == 4);
    feed.publish("step", "7", std::string(50'000, 'x'));
    CHECK(ids_of(feed.after(feed.before_oldest(), 100)) == Ids{21});
    feed.publish("step", "7", "{}");
    CHECK(ids_of(feed.after(feed.before_oldest(), 100)) == Ids{22});
}

TEST_CASE("several threads publish, and no id is given twice") {
    Feed feed;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j < 200; ++j)
                feed.publish("step", "7", "{}");
        });
    for (std::thread& thread : threads)
        thread.join();
    const Ids ids = ids_of(feed.after(0, 1000));
    REQUIRE(ids.size() == 800);
    CHECK(ids.front() == 1);
    CHECK(ids.back() == 800);
}

TEST_CASE("findings that come, change their severity and go are transitions, and nothing else is") {
    Snapshot snapshot;
    snapshot.probes["cert"].probe = "cert";
    const Finding warning{"cert.expires_soon", Severity::warning, "ten days", "ab12"};
    Finding later = warning;
    later.text = "nine days";
    Finding critical = warning;
    critical.severity = Severity::critical;

    const Snapshot came = fold(snapshot, report("cert", start, {warning}));
    const auto first = transitions(snapshot, came, "cert");
    REQUIRE(first.size() == 1);
    CHECK(first[0].kind == Transition::Kind::came);
    CHECK(first[0].probe == "cert");
    CHECK(first[0].at == start);
    CHECK(transitions(came, fold(came, report("cert", start + 60s, {later})), "cert").empty());
    const auto worse = transitions(came, fold(came, report("cert", start + 60s, {critical})), "cert");
    REQUIRE(worse.size() == 1);
    CHECK(worse[0].kind == Transition::Kind::changed);
    CHECK(worse[0].finding.severity == Severity::critical);
    const auto gone = transitions(came, fold(came, report("cert", start + 60s, {})), "cert");
    REQUIRE(gone.size() == 1);
    CHECK(gone[0].kind == Transition::Kind::gone);
    CHECK(gone[0].finding.text == "ten days");
    CHECK(transitions(snapshot, came, "dns").empty());
}

TEST_CASE("a transition is one line of JSON, whatever its text holds") {
    Feed feed;
    publish(feed, Transition{Transition::Kind::came,
                             "cert",
                             {"cert.expired", Severity::critical, "two\nlines \xff", "ab12"},
                             start});
    const auto item = feed.after(0, 1).items.at(0);
    CHECK(item->type == "finding");
    CHECK(item->job.empty());
    CHECK(item->json.find('\n') == std::string::npos);
    const json body = json::parse(item->json);
    CHECK(body["change"] == "came");
    CHECK(body["probe"] == "cert");
    CHECK(body["code"] == "cert.expired");
    CHECK(body["severity"] == "critical");
    CHECK(body["subject"] == "ab12");
    CHECK(body["time"] == "2026-02-02T02:40:00Z");
}

TEST_CASE("a repair tells its beginning, each step and its end") {
    Feed feed;
    Job job;
    job.id = "7";
    job.repair = "cert";
    job.caller = {"ops", "127.0.0.1"};
    publish(feed, {RepairEventKind::begun, job, "rungs renew"}, start);
    CHECK(last_of(feed) == json{{"event", "repair_begun"},
                                {"job", "7"},
                                {"repair", "cert"},
                                {"outcome", "running"},
                                {"text", "rungs renew"},
                                {"time", "2026-02-02T02:40:00Z"},
                                {"caller", {{"name", "ops"}, {"from", "127.0.0.1"}}}});
    RepairEvent step{RepairEventKind::step_failed, job, "text"};
    step.step = JobStep{"renew", "stop service SessionEnv", StepState::failed, "timed out", start};
    publish(feed, step, start);
    CHECK(last_of(feed)["event"] == "step_failed");
    CHECK(last_of(feed)["step"] ==
          json{{"rung", "renew"}, {"what", "stop service SessionEnv"}, {"state", "failed"}, {"detail", "timed out"}});
    job.outcome = Outcome::rolled_back;
    job.undoes = "6";
    publish(feed, {RepairEventKind::rolled_back, job, "done"}, start);
    CHECK(last_of(feed)["outcome"] == "rolled_back");
    CHECK(last_of(feed)["undoes"] == "6");
    const Feed::News all = feed.after(0, 10);
    CHECK(all.items[0]->type == "job");
    CHECK(all.items[1]->type == "step");
    CHECK(all.items[2]->type == "job");
    CHECK(all.items[1]->job == "7");
}
