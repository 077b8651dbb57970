// A desk over a host whose TermService stands still, or whose repair is what the test says.
#pragma once

#include "agent/disk.hpp"
#include "agent/repair/desk_impl.hpp"
#include "probes/registry.hpp"
#include "tests/support/certificate_host.hpp"
#include "tests/support/fake_control.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing {

inline const RegistryPath bench_key{"SOFTWARE\\bench"};

// Sets the value "x" of bench_key from 0 to 1. Called for while it is 0.
inline Repair setting_repair(std::function<void(Plan&)> adjust = [](Plan&) {}) {
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

struct DeskBench {
    TemporaryFolder folder;
    CertificateHost host;
    FakeControl control{host};
    Settings settings;
    std::string boot = "boot 1";
    std::vector<RepairEvent> events;
    std::mutex mutex; // guards events
    std::function<void()> while_pausing = [] {};

    DeskBench() {
        host.set_dword(bench_key, "x", 0);
        settings.repair_cool_down = std::chrono::seconds{0};
    }

    std::unique_ptr<Desk> desk(std::vector<Repair> repairs) {
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

    std::uint32_t x() const { return read_dword(host, bench_key, "x").value(); }
    bool was_told(RepairEventKind kind) {
        const std::lock_guard lock(mutex);
        return std::any_of(events.begin(), events.end(), [&](const RepairEvent& event) { return event.kind == kind; });
    }
};

inline RepairRequest setting_request() {
    RepairRequest request{"setting"};
    request.caller = {"ops", "192.0.2.7"};
    return request;
}

inline Job ended(Desk& desk, const std::variant<Job, Refusal>& begun) {
    if (const auto* refusal = std::get_if<Refusal>(&begun))
        FAIL(refusal->text);
    return desk.wait(std::get<Job>(begun).id, std::chrono::seconds{60}).value();
}

inline Refusal::Kind kind_of_refusal(const std::variant<Job, Refusal>& result) {
    if (const auto* job = std::get_if<Job>(&result))
        FAIL("it began: " << job->reason);
    return std::get<Refusal>(result).kind;
}

} // namespace rdpmedic::testing
