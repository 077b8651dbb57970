// Is a library of Windows loaded once, and from nowhere else?
#include "probes/windows/system_library.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

TEST_CASE("a library that was loaded for one read is there for the next") {
    (void)windows::system_library(L"powrprof.dll");
    const HMODULE loaded = ::GetModuleHandleW(L"powrprof.dll");
    CHECK(loaded != nullptr);
    const auto again = windows::system_library(L"powrprof.dll");
    REQUIRE(again.has_value());
    CHECK(again->get() == loaded);
}

TEST_CASE("a library that Windows does not have is an error with its name") {
    const auto library = windows::system_library(L"rdpmedic-none.dll");
    REQUIRE(library.has_error());
    CHECK(library.error().where == "LoadLibraryExW(rdpmedic-none.dll)");
}
