// Do the repairs leave healthy real hosts alone?
//
// The exports stand beside the project and are described in their INDEX.md; without them this test says so.
#include "tests/support/repair_bench.hpp"
#include "tests/support/sample_host.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

TEST_CASE("on a healthy real host, no repair has a rung or names a finding that it would cure") {
    if (!samples_folder()) {
        WARN("no samples beside the project: 0 real hosts planned for");
        return;
    }
    std::size_t plans = 0;
    for (const std::string& name : sample_hosts()) {
        const SampleHost sample = connected_sample_host(name);
        for (const Repair& repair : all_repairs()) {
            INFO(name << ": " << repair.name);
            const Options asked = repair.name == "transport" ? Options{{"udp", "on"}} : Options{};
            const Plan plan = plan_of(repair, sample.host, asked);
            // The name of that repair is all that it needs to be asked for.
            CHECK(ladder_of(plan) == (repair.name == "reboot" ? "restart" : ""));
            CHECK(plan.cures.empty());
            ++plans;
        }
    }
    CHECK(plans == sample_hosts().size() * all_repairs().size());
    WARN(plans << " repairs planned for " << sample_hosts().size() << " real hosts");
}
