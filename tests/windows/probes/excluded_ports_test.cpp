// Does netsh tell which ports are excluded, and does a system without an answer say so?
#include "probes/windows/reads.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

TEST_CASE("excluded ports are ranges or a reason, and Wine's silence is a reason") {
    const auto ranges = windows::excluded_ports();
    if (runs_under_wine()) {
        REQUIRE_FALSE(ranges.has_value());
        INFO(describe(ranges.error()));
        CHECK((ranges.error().code == Errc::malformed || ranges.error().code == Errc::unsupported));
    } else {
        REQUIRE(ranges.has_value());
        for (const PortRange& range : *ranges)
            CHECK(range.first <= range.last);
    }
}
