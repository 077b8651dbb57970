// Does the reader of registry exports give probes what regedit would import?
#include "tests/support/reg_file.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const RegistryPath key{R"(SOFTWARE\Test)"};

std::string utf16(const std::string& ascii) {
    std::string bytes = "\xFF\xFE";
    for (const char c : ascii)
        bytes += {c, '\0'};
    return bytes;
}

const std::string example = "Windows Registry Editor Version 5.00\r\n\r\n"
                            "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Test]\r\n"
                            "; a comment\r\n"
                            "@=\"the default\"\r\n"
                            "\"quoted \\\"name\\\"\"=\"C:\\\\folder\\\\file \\\"x\\\"\"\r\n"
                            "\"number\"=dword:0000021f\r\n"
                            "\"long\"=hex(b):01,00,00,00,01,00,00,00\r\n"
                            "\"bytes\"=hex:de,ad,\\\r\n  be,ef\r\n"
                            "\"nothing\"=hex:\r\n"
                            "\"path\"=hex(2):25,00,78,00,25,00,00,00\r\n"
                            "\"list\"=hex(7):61,00,00,00,e4,00,62,00,00,00,00,00\r\n"
                            "\"short number\"=hex(4):01,00\r\n"
                            "\"gone\"=-\r\n"
                            "\"two lines\"=\"a\r\nb\"\r\n\r\n"
                            "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Test\\Empty]\r\n\r\n"
                            "[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Deleted]\r\n\r\n"
                            "[HKEY_CURRENT_USER\\Software\\Other]\r\n\"x\"=dword:00000001\r\n";

} // namespace

TEST_CASE("an export is read by type, in UTF-8 and in UTF-16") {
    FakeHost host;
    const Result<RegImport> counts = import_reg_text(GENERATE(true, false) ? utf16(example) : example, host);
    REQUIRE(counts.has_value());
    CHECK(counts->keys == 2);
    CHECK(counts->values == 10);
    CHECK(counts->ignored == 4);

    const auto value = [&](std::string_view name) { return host.registry_value(key, name).value(); };
    CHECK(value("") == RegistryValue{1, std::string("the default")});
    CHECK(value("quoted \"name\"") == RegistryValue{1, std::string("C:\\folder\\file \"x\"")});
    CHECK(value("number") == RegistryValue{4, std::uint32_t{543}});
    CHECK(value("long") == RegistryValue{11, std::uint64_t{0x100000001}});
    CHECK(value("bytes") == RegistryValue{3, Bytes{0xde, 0xad, 0xbe, 0xef}});
    CHECK(value("nothing") == RegistryValue{3, Bytes{}});
    CHECK(value("path") == RegistryValue{2, std::string("%x%")});
    CHECK(value("list") == RegistryValue{7, std::vector<std::string>{"a", "\xC3\xA4"
                                                                          "b"}});
    CHECK(value("short number") == RegistryValue{4, Bytes{1, 0}});
    CHECK(value("two lines") == RegistryValue{1, std::string("a\r\nb")});
    CHECK(is_absent(host.registry_value(key, "gone")));
    CHECK(host.registry_values({R"(SOFTWARE\Test\Empty)"}).value().empty());
    CHECK(is_absent(host.registry_values({R"(SOFTWARE\Deleted)"})));
}

TEST_CASE("a second export is merged over the first, whatever the case of key and name") {
    FakeHost host;
    REQUIRE(import_reg_text(example, host).has_value());
    REQUIRE(import_reg_text("Windows Registry Editor Version 5.00\n[HKEY_LOCAL_MACHINE\\Software\\test]\n"
                            "\"NUMBER\"=dword:7\n",
                            host)
                .has_value());
    CHECK(host.registry_value(key, "number").value() == RegistryValue{4, std::uint32_t{7}});
    CHECK(host.registry_value(key, "path").has_value());
}

TEST_CASE("what is not an export is malformed with the line") {
    const std::string head = "Windows Registry Editor Version 5.00\n[HKEY_LOCAL_MACHINE\\X]\n";
    const auto [text, where] = GENERATE_COPY(table<std::string, std::string>({
        {"", "line 1"},
        {"REGEDIT4\n", "line 1"},
        {head + "\"a\"=dword:xyz\n", "line 3"},
        {head + "\"a\"=hex:0\n", "line 3"},
        {head + "\"a\"=hex(2:00\n", "line 3"},
        {head + "\"a\"=\"open\n", "line 3"},
        {head + "\"a\"=1\n", "line 3"},
        {head + "a=1\n", "line 3"},
        {head + "[HKEY_LOCAL_MACHINE\\Y\n", "line 3"},
    }));
    FakeHost host;
    const Result<RegImport> result = import_reg_text(text, host);
    INFO(text);
    REQUIRE(result.has_error());
    CHECK(result.error().code == Errc::malformed);
    CHECK(result.error().where.find(where) == 0);
}
