// Does the repair of the Winsock catalogue take what the advice says, on the host that is recorded for S17?
#include "agent/repair/plan_winsock.hpp"
#include "probes/diagnosis/causes.hpp"
#include "probes/recorded/recorded_host.hpp"
#include "tests/support/planned.hpp"

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;

TEST_CASE("where a foreign provider has the place of Windows' own, advice and plan name the reset") {
    const auto host = load_recorded_host(std::filesystem::path(RDPMEDIC_SOURCE_DIR) / "tests" / "fixtures" / "hosts" /
                                         "s17-winsock-provider-missing.json");
    REQUIRE(host.has_value());
    const auto planned_with = [&](const Options& options) { return planned(winsock_repair(), **host, options); };
    const Plan unasked = planned_with({});
    CHECK(unasked.rungs.empty());
    REQUIRE(unasked.obstacles.size() == 1);
    CHECK(unasked.obstacles[0].find("ask with reset=true") != std::string::npos);
    const Plan alone = planned_with({{"provider", "1001"}}); // what the advice must not ask for here
    CHECK(alone.rungs.empty());
    CHECK(alone.obstacles.size() == 1);
    const Plan reset = planned_with({{"reset", "true"}});
    CHECK(reset.rungs.size() == 1);
    CHECK(reset.is_called_for());

    const std::vector<diagnosis::Cause> all = diagnosis::causes();
    const auto damaged = std::find_if(all.begin(), all.end(),
                                      [](const diagnosis::Cause& cause) { return cause.id == "winsock_damaged"; });
    REQUIRE(damaged != all.end());
    const std::string advice(damaged->advice);
    CHECK(advice.find("a foreign provider that can go alone") != std::string::npos);
    CHECK(advice.find("the place of Windows' own, or those are missing, only a reset cures (with reset=true)") !=
          std::string::npos);
}
