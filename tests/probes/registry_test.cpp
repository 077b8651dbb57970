// Does policy beat the local setting, and does a failed read stay a failed read?
#include "probes/registry.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using testing::FakeHost;

namespace {

Result<Setting> deny(const FakeHost& host) {
    return effective_dword(host, keys::terminal_services_policy, keys::terminal_server, "fDenyTSConnections");
}

} // namespace

TEST_CASE("a policy value beats the local one and says where it comes from") {
    FakeHost host;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.set_dword(keys::terminal_services_policy, "fDenyTSConnections", 1);
    const Result<Setting> setting = deny(host);
    REQUIRE(setting.has_value());
    CHECK(setting->value == 1);
    CHECK(setting->from_policy);
    CHECK(label(setting->key, setting->name) ==
          R"(HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services: fDenyTSConnections)");
}

TEST_CASE("the local value counts where no policy is set") {
    FakeHost host;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 1);
    const Result<Setting> setting = deny(host);
    REQUIRE(setting.has_value());
    CHECK(setting->value == 1);
    CHECK_FALSE(setting->from_policy);
}

TEST_CASE("a policy that cannot be read is an error even when the local value can be read") {
    FakeHost host;
    host.set_dword(keys::terminal_server, "fDenyTSConnections", 0);
    host.fail("registry_value HKLM\\" + keys::terminal_services_policy.key + ": fDenyTSConnections",
              {Errc::access_denied, 5, "RegQueryValueExW"});
    const Result<Setting> setting = deny(host);
    REQUIRE(setting.has_error());
    CHECK(setting.error().code == Errc::access_denied);
}

TEST_CASE("a value of the wrong type is malformed and names both types") {
    FakeHost host;
    host.set_text(keys::terminal_server, "fDenyTSConnections", "0");
    const Result<Setting> setting = deny(host);
    REQUIRE(setting.has_error());
    CHECK(setting.error().code == Errc::malformed);
    CHECK(setting.error().where.find("registry type 1, expected REG_DWORD") != std::string::npos);
}

TEST_CASE("a build number that is not a number is malformed") {
    FakeHost host;
    host.set_text(keys::windows_version, "CurrentBuildNumber", "17763");
    CHECK(windows_build(host).value() == 17763);
    host.set_text(keys::windows_version, "CurrentBuildNumber", "17763x");
    CHECK(windows_build(host).error().code == Errc::malformed);
    host.set_text(keys::windows_version, "CurrentBuildNumber", "");
    CHECK(windows_build(host).error().code == Errc::malformed);
}
