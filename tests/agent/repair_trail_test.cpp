// Does the audit trail that a desk writes say who had what done, from where, and how it ended?
#include "agent/repair/audit.hpp"
#include "agent/repair/auto_repair.hpp"
#include "tests/support/desk_bench.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using nlohmann::json;

namespace {

const Caller boss{"boss", "192.0.2.9"};

struct Trail : DeskBench {
    // As it stands in the file, oldest first.
    std::vector<json> lines() const {
        const auto trail = read_audit(folder.path() / "data" / "audit.jsonl", 1000);
        REQUIRE(trail.has_value());
        CHECK(trail->broken == "");
        std::vector<json> result;
        for (const std::string& line : trail->last)
            result.insert(result.begin(), json::parse(line));
        return result;
    }
    // The events of the lines from `first` on, each of which must name who and what.
    static std::vector<std::string> events(const std::vector<json>& lines, std::size_t first, const Job& job) {
        std::vector<std::string> result;
        for (std::size_t i = first; i < lines.size(); ++i) {
            INFO(lines[i].dump());
            CHECK(lines[i].at("job") == job.id);
            CHECK(lines[i].at("repair") == "setting");
            CHECK(lines[i].at("caller") == job.caller.name);
            CHECK(lines[i].at("from") == job.caller.from);
            CHECK(lines[i].at("plan") == job.plan_hash);
            CHECK(lines[i].at("undoes") == job.undoes);
            CHECK(lines[i].at("time") == 1768435200); // 15 January 2026 in UTC
            result.push_back(lines[i].at("event"));
        }
        return result;
    }
};

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a whole repair and its rollback are in the trail with who, from where, what and how they ended") {
    Trail bench;
    bench.host.time = Time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 15}};
    auto desk = bench.desk({setting_repair()});
    const Job job = ended(*desk, desk->start(setting_request()));
    REQUIRE(job.outcome == Outcome::repaired);
    CHECK(job.caller.name == "ops");
    CHECK(job.caller.from == "192.0.2.7");
    auto lines = bench.lines();
    CHECK(Trail::events(lines, 0, job) == Names{"repair_begun", "step_done", "step_done", "repair_finished"});
    CHECK(lines.front().at("outcome") == "running");
    CHECK(lines.front().at("text") == "rungs set");
    CHECK(lines.at(1).at("text").get<std::string>().find(bench_key.key + ": x to 1") != std::string::npos);
    CHECK(lines.back().at("outcome") == "repaired");
    CHECK(lines.back().at("text") == job.reason);

    const std::size_t before = lines.size();
    const Job undoing = ended(*desk, desk->roll_back(job.id, boss, false));
    REQUIRE(undoing.outcome == Outcome::rolled_back);
    CHECK(undoing.caller.name == "boss");
    CHECK(undoing.undoes == job.id);
    lines = bench.lines();
    CHECK(Trail::events(lines, before, undoing) ==
          Names{"rollback_begun", "step_done", "step_done", "repair_finished"});
    CHECK(lines.back().at("outcome") == "rolled_back");
}

TEST_CASE("a repair that fails is in the trail with the step that failed and what was taken back") {
    Trail bench;
    bench.host.time = Time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 15}};
    bench.control.fail_at = 0;
    auto desk = bench.desk({setting_repair()});
    const Job job = ended(*desk, desk->start(setting_request()));
    REQUIRE(job.outcome == Outcome::rolled_back);
    const auto lines = bench.lines();
    const Names events = Trail::events(lines, 0, job);
    CHECK(events.front() == "repair_begun");
    CHECK(std::count(events.begin(), events.end(), "step_failed") == 1);
    CHECK(std::count(events.begin(), events.end(), "step_undone") == 1);
    CHECK(events.back() == "repair_finished");
    CHECK(lines.back().at("outcome") == "rolled_back");
    CHECK(lines.back().at("text") == job.reason);
}

TEST_CASE("what nobody asked for, and what was refused, is in the trail with its caller") {
    Trail bench;
    auto desk = bench.desk({setting_repair([](Plan& plan) {
        for (Rung& rung : plan.rungs)
            rung.disconnects_sessions = true;
    })});
    RepairRequest request = setting_request();
    request.caller = nobody;
    request.unattended = true;
    const auto refused = desk->start(request);
    CHECK(kind_of_refusal(refused) == Refusal::Kind::sessions);
    const auto lines = bench.lines();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].at("event") == "repair_refused");
    CHECK(lines[0].at("outcome") == "refused");
    CHECK(lines[0].at("repair") == "setting");
    CHECK(lines[0].at("caller") == "rdpmedic");
    CHECK(lines[0].at("from") == "unattended");
    CHECK(lines[0].at("text") == std::get<Refusal>(refused).text);
}
