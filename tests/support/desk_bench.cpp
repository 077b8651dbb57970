// A desk over a host whose TermService stands still, or whose repair is what the test says.
#include "tests/support/desk_bench.hpp"

#include <algorithm>
#include <utility>

namespace rdpmedic::testing {

Repair setting_repair(std::function<void(Plan&)> adjust) {
    const auto findings = [](const Host& host) -> Result<std::vector<Finding>> {
        auto value = read_dword(host, bench_key, "x");
        if (!value)
            return value.error();
        std::vector<Finding> result;
        if (*value == 0) {
            result.push_back({"bench.low", Severity::critical, "x is 0"});
            result.back().repair = "setting";
        }
        return result;
    };
    Repair repair{"setting", "sets x", "bench", HandshakeProof::nothing};
    repair.options = {{"loud", OptionSpec::Kind::flag, "says more"}};
    repair.judge = [findings](const Host& host, const JudgeContext&) { return findings(host); };
    repair.plan = [findings, adjust](const Host& host, const JudgeContext&, const Options&) -> Result<PlanAndFindings> {
        auto found = findings(host);
        if (!found)
            return found.error();
        PlanAndFindings seen{{"setting", *found}, *found};
        if (!found->empty())
            seen.plan.rungs = {{"set", "Set x", "x is 0", {SetRegistryValue{bench_key, "x", RegistryValue{4, 1u}}}}};
        adjust(seen.plan);
        return seen;
    };
    return repair;
}

DeskBench::DeskBench() {
    host.set_dword(bench_key, "x", 0);
    settings.repair_cool_down = std::chrono::seconds{0};
}

DeskBench::~DeskBench() = default;

std::unique_ptr<Desk> DeskBench::desk(std::vector<Repair> repairs) {
    DeskParts parts{host, &control, folder.path() / "data", settings};
    parts.boot_mark = [this] { return Result<std::string>(boot); };
    parts.verifies_after_restart = true;
    parts.told = [this](const RepairEvent& event) {
        const std::lock_guard lock(mutex);
        events.push_back(event);
    };
    auto result = std::make_unique<Desk>(
        std::move(parts),
        DeskHooks{disk::append, [this](std::chrono::milliseconds) { while_pausing(); }, std::move(repairs)});
    REQUIRE(result->open().has_value());
    return result;
}

std::uint32_t DeskBench::x() const { return read_dword(host, bench_key, "x").value(); }

bool DeskBench::was_told(RepairEventKind kind) {
    const std::lock_guard lock(mutex);
    return std::any_of(events.begin(), events.end(), [&](const RepairEvent& event) { return event.kind == kind; });
}

RepairRequest setting_request() {
    RepairRequest request{"setting"};
    request.caller = {"ops", "192.0.2.7"};
    return request;
}

Job ended(Desk& desk, const std::variant<Job, Refusal>& begun) {
    if (const auto* refusal = std::get_if<Refusal>(&begun))
        FAIL(refusal->text);
    return desk.wait(std::get<Job>(begun).id, std::chrono::seconds{60}).value();
}

Refusal::Kind kind_of_refusal(const std::variant<Job, Refusal>& result) {
    if (const auto* job = std::get_if<Job>(&result))
        FAIL("it began: " << job->reason);
    return std::get<Refusal>(result).kind;
}

} // namespace rdpmedic::testing
