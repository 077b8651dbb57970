// Do people read errors as Windows documents them?
#include "probes/result.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

TEST_CASE("an error names its kind, its code and the call with its object") {
    struct Row {
        Error error;
        const char* text;
    };
    const auto [error, text] = GENERATE(values<Row>({
        {{Errc::not_found, 1060, "OpenServiceW(SessionEnv)"}, "not found (1060) at OpenServiceW(SessionEnv)"},
        {{Errc::access_denied, 0x80070005U, "CoCreateInstance(NetFwPolicy2)"},
         "access denied (0x80070005) at CoCreateInstance(NetFwPolicy2)"},
        {{Errc::io, 0x7FFFFFFFU, ""}, "failed (2147483647)"},
        {{Errc::unsupported, 0, "WTSEnumerateSessionsExW"}, "not supported here: WTSEnumerateSessionsExW"},
    }));
    CHECK(describe(error) == text);
}

TEST_CASE("the name of every kind of error reads back") {
    const auto code =
        GENERATE(Errc::not_found, Errc::access_denied, Errc::timed_out, Errc::unsupported, Errc::malformed, Errc::io);
    CHECK(errc_from_name(name_of(code)) == code);
    CHECK(errc_from_name("from a later version") == Errc::io);
}
