// Is the file of a key container named as Windows names it?
#include "probes/formats/key_container.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

TEST_CASE("a machine container's file is named as Windows names it") {
    const std::string guid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    CHECK(key_file_name("TSSecKeySet1", guid).value() == "f686aace6942fb7f7ceb231212eef4a4_" + guid);
    CHECK(key_file_name("iisConfigurationKey", guid).value().substr(0, 8) == "6de9cb26");
    CHECK(key_file_name("NetFrameworkConfigurationKey", guid).value().substr(0, 8) == "d6d986f0");
    CHECK(key_file_name("iisWasKey", guid).value().substr(0, 8) == "76944fb3");
    CHECK(key_file_name("Microsoft Internet Information Server", guid).value().substr(0, 8) == "c2319c42");
}

TEST_CASE("the case of a container name does not change its file") {
    CHECK(key_file_name("TSSECKEYSET1", "x").value() == key_file_name("tsseckeyset1", "x").value());
}

TEST_CASE("a container name outside ASCII has no file name that can be told") {
    CHECK(key_file_name("h\xC3\xB6st", "x").error().code == Errc::unsupported);
    CHECK(key_file_name(std::string_view("a\0b", 3), "x").error().code == Errc::unsupported);
}
