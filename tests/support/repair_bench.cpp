// What does a repair plan for a host, and how does it end when the desk carries it out?
#include "tests/support/repair_bench.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace rdpmedic::testing {

std::string ladder_of(const Plan& plan) {
    std::string result;
    for (const Rung& rung : plan.rungs)
        result += (result.empty() ? "" : " ") + rung.id;
    return result;
}

std::vector<std::string> changes_of(const Rung& rung) {
    std::vector<std::string> result;
    for (const Change& change : rung.changes)
        result.push_back(describe(change));
    return result;
}

std::vector<std::string> cures_of(const Plan& plan) {
    std::vector<std::string> result;
    for (const Finding& finding : plan.cures)
        result.push_back(finding.code + (finding.subject.empty() ? "" : " " + finding.subject));
    return result;
}

std::string obstacles_of(const Plan& plan) {
    std::string result;
    for (const std::string& obstacle : plan.obstacles)
        result += obstacle + "\n";
    return result;
}

PlanAndFindings look(const Repair& repair, const FakeHost& host, const Options& options) {
    INFO(repair.name);
    CHECK(problem_of(options, repair.options) == "");
    JudgeContext context;
    context.now = host.time;
    auto seen = repair.plan(host, context, options);
    if (!seen)
        FAIL(describe(seen.error()));
    return std::move(*seen);
}

Plan plan_of(const Repair& repair, const FakeHost& host, const Options& options) {
    return look(repair, host, options).plan;
}

void check_offers(const Repair& repair, const FakeHost& host, const Options& consent) {
    const PlanAndFindings seen = look(repair, host, consent);
    std::vector<std::string> named;
    for (const Finding& finding : called_for(seen.findings, repair.name))
        named.push_back(finding.code + (finding.subject.empty() ? "" : " " + finding.subject));
    std::vector<std::string> cured = seen.plan.rungs.empty() ? std::vector<std::string>{} : cures_of(seen.plan);
    std::sort(named.begin(), named.end());
    std::sort(cured.begin(), cured.end());
    CHECK(named == cured);
}

RepairBench::RepairBench(Repair which) : repair(std::move(which)) {}
RepairBench::~RepairBench() = default;

std::unique_ptr<Desk> RepairBench::desk() {
    DeskParts parts{host, &control, folder.path() / "data", settings};
    parts.boot_mark = [this] { return Result<std::string>(boot); };
    parts.verifies_after_restart = true;
    auto result =
        std::make_unique<Desk>(std::move(parts), DeskHooks{disk::append, [](std::chrono::milliseconds) {}, {repair}});
    REQUIRE(result->open().has_value());
    return result;
}

std::variant<Job, Refusal> RepairBench::start(Desk& at, const Options& options, bool disconnect) {
    RepairRequest request{repair.name, disconnect};
    request.caller = {"ops", "127.0.0.1"};
    request.options = options;
    return at.start(request);
}

Job RepairBench::run(const Options& options, bool disconnect) {
    auto at = desk();
    const auto begun = start(*at, options, disconnect);
    if (const auto* refusal = std::get_if<Refusal>(&begun))
        FAIL(refusal->text);
    return at->wait(std::get<Job>(begun).id, std::chrono::seconds{60}).value();
}

Refusal RepairBench::refusal(const Options& options, bool disconnect) {
    auto at = desk();
    const auto begun = start(*at, options, disconnect);
    REQUIRE(std::holds_alternative<Refusal>(begun));
    CHECK(control.writes == 0);
    return std::get<Refusal>(begun);
}

Job RepairBench::restart(const std::string& job) {
    boot += "+";
    auto at = desk();
    Job now = at->job(job).value();
    for (int i = 0; i < 6000 && now.outcome == Outcome::pending_reboot; ++i) { // a minute, for a machine under load
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
        now = at->job(job).value();
    }
    return now;
}

} // namespace rdpmedic::testing
