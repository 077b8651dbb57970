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
Repair setting_repair(std::function<void(Plan&)> adjust = [](Plan&) {});

struct DeskBench {
    TemporaryFolder folder;
    CertificateHost host;
    FakeControl control{host};
    Settings settings;
    std::string boot = "boot 1";
    std::vector<RepairEvent> events;
    std::mutex mutex; // guards events
    std::function<void()> while_pausing = [] {};

    DeskBench();
    ~DeskBench();

    std::unique_ptr<Desk> desk(std::vector<Repair> repairs);

    std::uint32_t x() const;
    bool was_told(RepairEventKind kind);
};

RepairRequest setting_request();

Job ended(Desk& desk, const std::variant<Job, Refusal>& begun);

Refusal::Kind kind_of_refusal(const std::variant<Job, Refusal>& result);

} // namespace rdpmedic::testing
