// Does the registry of Windows arrive as facts.hpp describes it?
#include "probes/formats/security_descriptor.hpp"
#include "probes/windows/reads.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <sddl.h>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::string_literals;
using List = std::vector<std::string>;

namespace {

struct Sample {
    const char* what;
    DWORD type;
    Bytes data;
    RegistryValue expected;
};

std::vector<Sample> samples() {
    const Bytes a_umlaut{'a', 0, 0xE4, 0};
    return {
        {"a number", REG_DWORD, {0x3D, 0x0D, 0, 0}, {REG_DWORD, std::uint32_t{3389}}},
        {"a long number", REG_QWORD, {1, 0, 0, 0, 1, 0, 0, 0}, {REG_QWORD, std::uint64_t{0x100000001}}},
        {"a short number", REG_DWORD, {1, 0}, {REG_DWORD, Bytes{1, 0}}},
        {"a number that is too long", REG_DWORD, {1, 0, 0, 0, 0}, {REG_DWORD, Bytes{1, 0, 0, 0, 0}}},
        {"a number of nothing", REG_DWORD, {}, {REG_DWORD, Bytes{}}},
        {"a long number of four bytes", REG_QWORD, {1, 0, 0, 0}, {REG_QWORD, Bytes{1, 0, 0, 0}}},
        {"a number in network order", REG_DWORD_BIG_ENDIAN, {0, 0, 0, 1}, {REG_DWORD_BIG_ENDIAN, Bytes{0, 0, 0, 1}}},
        {"text", REG_SZ, {'a', 0, 0xE4, 0, 0, 0}, {REG_SZ, "a\xC3\xA4"s}},
        {"text without its NUL", REG_SZ, a_umlaut, {REG_SZ, "a\xC3\xA4"s}},
        {"text with more behind its NUL", REG_SZ, {'a', 0, 0, 0, 'b', 0}, {REG_SZ, "a"s}},
        {"empty text", REG_SZ, {}, {REG_SZ, ""s}},
        {"text of an odd size", REG_SZ, {'a', 0, 'b'}, {REG_SZ, Bytes{'a', 0, 'b'}}},
        {"a path", REG_EXPAND_SZ, {'%', 0, 'T', 0, '%', 0, 0, 0}, {REG_EXPAND_SZ, "%T%"s}},
        {"a list", REG_MULTI_SZ, {'a', 0, 0, 0, 'b', 0, 0, 0, 0, 0}, {REG_MULTI_SZ, List{"a", "b"}}},
        {"a list without its NULs", REG_MULTI_SZ, {'a', 0, 0, 0, 'b', 0}, {REG_MULTI_SZ, List{"a", "b"}}},
        {"an empty list", REG_MULTI_SZ, {0, 0}, {REG_MULTI_SZ, List{}}},
        {"a list of nothing", REG_MULTI_SZ, {}, {REG_MULTI_SZ, List{}}},
        {"a list of an odd size", REG_MULTI_SZ, {'a'}, {REG_MULTI_SZ, Bytes{'a'}}},
        {"bytes", REG_BINARY, {0, 1, 2}, {REG_BINARY, Bytes{0, 1, 2}}},
        {"no type", REG_NONE, {1, 2, 3, 4}, {REG_NONE, Bytes{1, 2, 3, 4}}},
        {"a type of nobody", 0x12345, {9}, {0x12345, Bytes{9}}},
    };
}

// A key that nobody may read, until the end of the scope.
class ForbiddenKey {
  public:
    ForbiddenKey(HKEY parent, const wchar_t* name) {
        REQUIRE(::RegOpenKeyExW(parent, name, 0, KEY_ALL_ACCESS, &key_) == ERROR_SUCCESS);
        set(L"D:P(D;;KR;;;WD)(A;;KA;;;WD)");
    }
    ~ForbiddenKey() {
        set(L"D:P(A;;KA;;;WD)");
        ::RegCloseKey(key_);
    }
    ForbiddenKey(const ForbiddenKey&) = delete;
    ForbiddenKey& operator=(const ForbiddenKey&) = delete;

  private:
    void set(const wchar_t* sddl) const {
        PSECURITY_DESCRIPTOR descriptor = nullptr;
        const BOOL converted =
            ::ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1, &descriptor, nullptr);
        CHECK((converted && ::RegSetKeySecurity(key_, DACL_SECURITY_INFORMATION, descriptor) == ERROR_SUCCESS));
        ::LocalFree(descriptor);
    }
    HKEY key_ = nullptr;
};

} // namespace

TEST_CASE("registry data comes out by its type, and as bytes where its size does not fit") {
    const RegistryFixture key;
    const auto host = make_windows_host();
    for (const Sample& sample : samples()) {
        CAPTURE(sample.what);
        key.set(L"value", sample.type, sample.data);
        const auto value = host->registry_value(key.path(), "VALUE"); // names compare without case
        REQUIRE(value.has_value());
        CHECK(*value == sample.expected);
        CHECK(windows::typed_value(sample.type, sample.data) == sample.expected);
        CHECK(host->registry_values(key.path()).value() ==
              std::map<std::string, RegistryValue>{{"value", sample.expected}});
    }
}

TEST_CASE("a missing key, a missing value and a forbidden key are three answers") {
    const RegistryFixture key;
    key.set(L"here", REG_DWORD, Bytes{1, 0, 0, 0});
    key.add_key(L"forbidden");
    const auto host = make_windows_host();

    const auto no_key = host->registry_value(key.path("nowhere"), "here");
    CHECK(describe(no_key.error()) == "not found (2) at RegOpenKeyExW(HKLM\\SOFTWARE\\rdpmedic-test\\values\\nowhere)");
    const auto no_value = host->registry_value(key.path(), "there");
    CHECK(describe(no_value.error()) ==
          "not found (2) at RegQueryValueExW(HKLM\\SOFTWARE\\rdpmedic-test\\values: there)");
    CHECK(is_absent(host->registry_values(key.path("nowhere"))));
    CHECK(is_absent(host->registry_subkeys(key.path("nowhere"))));
    CHECK(is_absent(host->registry_security(key.path("nowhere"))));

    const ForbiddenKey forbidden(key.get(), L"forbidden");
    const auto denied = host->registry_value(key.path("forbidden"), "here");
    if (!denied.has_error() || denied.error().code == Errc::not_found) {
        // Windows lets those through who hold the backup privilege; Wine does not know that way.
        REQUIRE_FALSE(runs_under_wine());
        return;
    }
    CHECK(denied.error().code == Errc::access_denied);
    CHECK(denied.error().native == ERROR_ACCESS_DENIED);
    CHECK(is_unreadable(host->registry_values(key.path("forbidden"))));
    CHECK(is_unreadable(host->registry_subkeys(key.path("forbidden"))));
}

TEST_CASE("names that are not ASCII are found and listed") {
    const RegistryFixture key;
    key.add_key(L"\x65E5\x672C");
    key.add_key(L"Gr\x00F6\x00DF"
                L"e");
    key.set(L"\x00C4rger", REG_SZ, L"\xD83D\xDE00");
    key.set(L"", REG_SZ, L"default");
    const auto host = make_windows_host();
    auto names = host->registry_subkeys(key.path()).value();
    std::sort(names.begin(), names.end());
    CHECK(names == List{"Gr\xC3\xB6\xC3\x9F"
                        "e",
                        "\xE6\x97\xA5\xE6\x9C\xAC"});
    CHECK(host->registry_values(key.path("\xE6\x97\xA5\xE6\x9C\xAC")).value().empty());
    CHECK(host->registry_values(key.path()).value() ==
          std::map<std::string, RegistryValue>{{"", {REG_SZ, "default"s}},
                                               {"\xC3\x84rger", {REG_SZ, "\xF0\x9F\x98\x80"s}}});
    CHECK(host->registry_value(key.path(), "\xC3\xA4RGER").has_value());
    CHECK(host->registry_value(key.path(), "").value() == RegistryValue{REG_SZ, "default"s});
}

TEST_CASE("large values and many values arrive whole") {
    const RegistryFixture key;
    const Bytes large(300'000, 0x5A);
    key.set(L"large", REG_BINARY, large);
    for (int i = 0; i < 1000; ++i)
        key.set(L"rule " + std::to_wstring(i), REG_SZ, L"v2.10|Active=TRUE|");
    const auto host = make_windows_host();
    CHECK(host->registry_value(key.path(), "large").value() == RegistryValue{REG_BINARY, large});
    const auto values = host->registry_values(key.path());
    REQUIRE(values.has_value());
    CHECK(values->size() == 1001);
    CHECK(values->at("rule 999") == RegistryValue{REG_SZ, "v2.10|Active=TRUE|"s});
    CHECK(values->at("large") == RegistryValue{REG_BINARY, large});
}

TEST_CASE("the security of a key names its owner and its access list") {
    const RegistryFixture key;
    PSECURITY_DESCRIPTOR wanted = nullptr;
    REQUIRE(::ConvertStringSecurityDescriptorToSecurityDescriptorW(
        L"O:BAG:SYD:P(A;;KA;;;SY)(A;;KA;;;BA)(A;CI;KR;;;S-1-5-20)", SDDL_REVISION_1, &wanted, nullptr));
    REQUIRE(::RegSetKeySecurity(key.get(),
                                OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                                wanted) == ERROR_SUCCESS);
    ::LocalFree(wanted);
    const auto raw = make_windows_host()->registry_security(key.path());
    REQUIRE(raw.has_value());
    const auto descriptor = parse_security_descriptor(*raw);
    REQUIRE(descriptor.has_value());
    CHECK(descriptor->owner == "S-1-5-32-544");
    REQUIRE(descriptor->has_dacl);
    REQUIRE(descriptor->entries.size() == 3);
    CHECK(descriptor->entries[2].sid == "S-1-5-20");
    CHECK(descriptor->entries[2].mask == KEY_READ);
    CHECK(descriptor->entries[2].flags == CONTAINER_INHERIT_ACE);
}

TEST_CASE("the version of Windows is read from its own key") {
    const auto host = make_windows_host();
    const auto build = host->registry_value({R"(SOFTWARE\Microsoft\Windows NT\CurrentVersion)"}, "CurrentBuildNumber");
    REQUIRE(build.has_value());
    CHECK(std::stoi(std::get<std::string>(build->data)) >= 7600);
}
