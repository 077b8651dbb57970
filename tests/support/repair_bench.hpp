// What does a repair plan for a host, and how does it end when the desk carries it out?
#pragma once

#include "agent/disk.hpp"
#include "agent/repair/desk_impl.hpp"
#include "agent/repair/plan_parts.hpp"
#include "tests/support/fake_control.hpp"
#include "tests/support/rdp_host.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing {

// "rules services", the ids of the rungs in their order.
std::string ladder_of(const Plan& plan);

std::vector<std::string> changes_of(const Rung& rung);

std::vector<std::string> cures_of(const Plan& plan);

std::string obstacles_of(const Plan& plan);

// The plan through the real reading and judging of the host.
PlanAndFindings look(const Repair& repair, const FakeHost& host, const Options& options = {});
Plan plan_of(const Repair& repair, const FakeHost& host, const Options& options = {});

// Every finding that names the repair is one that its plan cures, given every consent; and the other way round.
void check_offers(const Repair& repair, const FakeHost& host, const Options& consent);

// A desk with one repair, on a host of its own.
struct RepairBench {
    explicit RepairBench(Repair which);
    ~RepairBench();

    Repair repair;
    TemporaryFolder folder;
    RdpHost host;
    FakeControl control{host};
    Settings settings;
    std::string boot = "boot 1";

    std::unique_ptr<Desk> desk();
    std::variant<Job, Refusal> start(Desk& at, const Options& options, bool disconnect);
    // The job when it has finished, or waits for a restart.
    Job run(const Options& options = {}, bool disconnect = true);
    Refusal refusal(const Options& options = {}, bool disconnect = true);
    // The machine starts anew: what waited for it is verified.
    Job restart(const std::string& job);
};

} // namespace rdpmedic::testing
