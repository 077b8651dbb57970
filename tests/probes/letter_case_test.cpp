// Are names compared as Windows compares them, and letters beyond ASCII left as they are?
#include "probes/letter_case.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

TEST_CASE("texts that differ in the case of ASCII letters alone are the same") {
    CHECK(same_ignoring_case("RDP-Tcp", "rdp-tCP"));
    CHECK(same_ignoring_case("", ""));
    CHECK_FALSE(same_ignoring_case("RDP-Tcp", "RDP-Tcp2"));
    CHECK_FALSE(same_ignoring_case("[", "{")); // they differ in the bit that tells small letters from capitals
    CHECK_FALSE(same_ignoring_case("@", "`"));
    CHECK_FALSE(same_ignoring_case("\xC3\x84", "\xC3\xA4"));
    CHECK(lower("AZ[@\xC3\x84") == "az[@\xC3\x84");
}

TEST_CASE("a text begins with another one, or holds it, whatever the case") {
    CHECK(begins_ignoring_case("rdp-tcp#3", "RDP-Tcp#"));
    CHECK(begins_ignoring_case("rdp", ""));
    CHECK_FALSE(begins_ignoring_case("RDP", "RDP-Tcp"));
    CHECK_FALSE(begins_ignoring_case("a rdp-tcp", "RDP-Tcp"));
    CHECK(contains_ignoring_case(R"(c:\x\SVCHOST.EXE)", "\\svchost.exe"));
    CHECK(contains_ignoring_case("", ""));
    CHECK_FALSE(contains_ignoring_case("svchost", "svchost.exe"));
}
