// Are registry keys made, removed and put back whole, and nothing beside them?
#include "probes/windows/reads.hpp"
#include "tests/windows/agent/control_calls.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <aclapi.h>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

bool there(const RegistryPath& key) { return windows::registry_values(key).has_value(); }

RegistryValue dword(std::uint32_t value) { return {REG_DWORD, value}; }

RegistryTree tree_of(const RegistryPath& key) {
    return std::get<SetRegistryTree>(captured(SetRegistryTree{key, {}})).tree;
}

// Denies Everyone the right to set values.
void forbid_writing(HKEY key) {
    EXPLICIT_ACCESSW entry{};
    SID_IDENTIFIER_AUTHORITY world = SECURITY_WORLD_SID_AUTHORITY;
    PSID everyone = nullptr;
    REQUIRE(::AllocateAndInitializeSid(&world, 1, SECURITY_WORLD_RID, 0, 0, 0, 0, 0, 0, 0, &everyone));
    entry.grfAccessPermissions = KEY_SET_VALUE;
    entry.grfAccessMode = DENY_ACCESS;
    entry.Trustee.TrusteeForm = TRUSTEE_IS_SID;
    entry.Trustee.ptstrName = static_cast<wchar_t*>(everyone);
    PACL before = nullptr, after = nullptr;
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    REQUIRE(::GetSecurityInfo(key, SE_REGISTRY_KEY, DACL_SECURITY_INFORMATION, nullptr, nullptr, &before, nullptr,
                              &descriptor) == ERROR_SUCCESS);
    REQUIRE(::SetEntriesInAclW(1, &entry, before, &after) == ERROR_SUCCESS);
    REQUIRE(::SetSecurityInfo(key, SE_REGISTRY_KEY, DACL_SECURITY_INFORMATION, nullptr, nullptr, after, nullptr) ==
            ERROR_SUCCESS);
    ::LocalFree(after);
    ::LocalFree(descriptor);
    ::FreeSid(everyone);
}

} // namespace

TEST_CASE("a key is made and its inverse removes it, and the other way round") {
    const RegistryFixture fixture;
    const SetRegistryKey made{fixture.path("made"), true}, removed{fixture.path("made"), false};
    const Change inverse = make(made);
    CHECK(there(made.key));
    apply(made); // already so
    CHECK_FALSE(std::get<SetRegistryKey>(inverse).present);
    const Change back = make(removed);
    CHECK_FALSE(there(made.key));
    apply(removed); // already so
    CHECK(std::get<SetRegistryKey>(back).present);
    apply(back);
    CHECK(there(made.key));
}

TEST_CASE("a key that holds a value or a subkey is not removed") {
    const RegistryFixture fixture;
    fixture.add_key(L"full\\below");
    const SetRegistryKey with_subkey{fixture.path("full"), false};
    CHECK(std::get<SetRegistryKey>(captured(with_subkey)).present); // an earlier change may empty it
    CHECK(failed(with_subkey).native == ERROR_DIR_NOT_EMPTY);
    CHECK(there(fixture.path("full\\below")));

    const SetRegistryKey with_value{fixture.path("full\\below"), false};
    apply(SetRegistryValue{fixture.path("full\\below"), "", dword(1)});
    CHECK(failed(with_value).native == ERROR_DIR_NOT_EMPTY);
    CHECK(there(fixture.path("full\\below")));
}

TEST_CASE("a key is made below its parent and makes no parent") {
    const RegistryFixture fixture;
    const Error error = failed(SetRegistryKey{fixture.path("none\\made"), true});
    CHECK(error.code == Errc::not_found);
    CHECK(contains(text_of(error), "RegOpenKeyExW(HKLM\\SOFTWARE\\rdpmedic-test\\values\\none)"));
    CHECK_FALSE(there(fixture.path("none")));
}

TEST_CASE("a key becomes exactly what it was, with every type of value and all subkeys") {
    const RegistryFixture fixture;
    const RegistryPath key = fixture.path("tree");
    const RegistryTree before{{{"", {REG_SZ, std::string("default")}},
                               {"number", dword(7)},
                               {"list", {REG_MULTI_SZ, std::vector<std::string>{"one", "two"}}},
                               {"raw", {REG_BINARY, Bytes{1, 2, 3}}}},
                              {{"empty", {}}, {"full", {{{"x", dword(1)}}, {{"deep", {{{"y", dword(2)}}, {}}}}}}}};
    apply(SetRegistryTree{key, before}); // also makes the key
    REQUIRE(tree_of(key) == before);

    RegistryTree other = before;
    other.values.erase("raw");
    other.values["number"] = {REG_SZ, std::string("seven")};
    other.values["new"] = dword(9);
    other.keys.erase("full");
    other.keys["new"].keys["below"].values["z"] = dword(3);
    const Change inverse = make(SetRegistryTree{key, other});
    CHECK(tree_of(key) == other);
    apply(inverse);
    CHECK(tree_of(key) == before);
    apply(inverse); // already so
    CHECK(tree_of(key) == before);
}

TEST_CASE("a key that is not there or is too deep cannot be kept and so is not changed") {
    const RegistryFixture fixture;
    CHECK(refused(SetRegistryTree{fixture.path("none"), {}}).code == Errc::not_found);
    std::wstring deep = L"a";
    for (int i = 0; i < 17; ++i)
        deep += L"\\a";
    fixture.add_key(deep);
    CHECK(refused(SetRegistryTree{fixture.path("a"), {}}).code == Errc::malformed);
    CHECK(there(fixture.path("a\\a")));
}

TEST_CASE("a value whose key denies writing is reached with the privilege of restoring, or the error says so") {
    const RegistryFixture fixture;
    fixture.add_key(L"denied");
    HKEY key = nullptr;
    REQUIRE(::RegOpenKeyExW(fixture.get(), L"denied", 0, KEY_ALL_ACCESS, &key) == ERROR_SUCCESS);
    forbid_writing(key);
    ::RegCloseKey(key);
    const SetRegistryValue change{fixture.path("denied"), "value", dword(1)};
    const auto made = make_windows_control()->apply(change);
    if (made) { // Wine does not know that way; Windows does
        CHECK_FALSE(runs_under_wine());
        CHECK(windows::registry_value(change.key, "value").value() == *change.value);
        return;
    }
    CHECK(made.error().code == Errc::access_denied);
    CHECK(contains(text_of(made.error()), "RegCreateKeyExW with the privilege of restoring(HKLM\\SOFTWARE\\"));
    CHECK(contains(text_of(made.error()), "denied: value"));
}
