// Are times written and read the same way, up to the year 9999?
#include "probes/time_text.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

TEST_CASE("a time is written as ISO 8601 and read back as the same time") {
    for (const char* text :
         {"1970-01-01T00:00:00Z", "2026-01-15T08:30:59Z", "9999-12-31T23:59:59Z", "1601-01-01T00:00:00Z"}) {
        const Result<Time> time = time_from_iso(text);
        REQUIRE(time.has_value());
        CHECK(to_iso(*time) == text);
    }
}

TEST_CASE("text that is not a time is malformed") {
    for (const char* text :
         {"", "2026-01-15", "2026-13-15T08:30:59Z", "2026-02-30T08:30:59Z", "2026-01-15T24:00:00Z",
          "2026-01-15T08:30:5-Z", "2026-01-15 08:30:59Z", "-026-01-15T08:30:59Z", "2026-01-15T08:30:59Zx"})
        CHECK(time_from_iso(text).error().code == Errc::malformed);
}
