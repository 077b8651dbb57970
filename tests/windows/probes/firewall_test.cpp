// Are the active firewall profiles read through COM?
#include "probes/windows/reads.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <objbase.h>

#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

constexpr const wchar_t* server_key =
    L"SOFTWARE\\Classes\\CLSID\\{E2B3C97F-6AE1-41AC-817A-F6F92166D7DD}\\InprocServer32";

// Names the stand-in as the server of NetFwPolicy2, and Windows's own again at the end.
class FirewallStandin {
  public:
    FirewallStandin() {
        DWORD size = sizeof before_;
        REQUIRE(::RegGetValueW(HKEY_LOCAL_MACHINE, server_key, nullptr,
                               RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND, nullptr, before_,
                               &size) == ERROR_SUCCESS);
        set(standins_folder() / "firewall.dll");
    }
    ~FirewallStandin() { set(before_); }
    FirewallStandin(const FirewallStandin&) = delete;
    FirewallStandin& operator=(const FirewallStandin&) = delete;

  private:
    static void set(const std::wstring& server) {
        CHECK(::RegSetKeyValueW(HKEY_LOCAL_MACHINE, server_key, nullptr, REG_SZ, server.c_str(),
                                static_cast<DWORD>((server.size() + 1) * sizeof(wchar_t))) == ERROR_SUCCESS);
    }
    wchar_t before_[MAX_PATH] = {};
};

std::string text_of(const Result<FirewallProfiles>& profiles) {
    if (!profiles)
        return describe(profiles.error());
    std::string text;
    if (profiles->domain)
        text += "domain ";
    if (profiles->private_)
        text += "private ";
    if (profiles->public_)
        text += "public ";
    return text;
}

} // namespace

TEST_CASE("a firewall that does not answer is an error, never an open or a closed one") {
    if (!runs_under_wine()) {
        CHECK(make_windows_host()->active_firewall_profiles().has_value());
        return;
    }
    CHECK(text_of(make_windows_host()->active_firewall_profiles()) ==
          "not supported here (0x80004001) at INetFwPolicy2::get_CurrentProfileTypes(this machine)");
}

TEST_CASE("active profiles are read through the COM class, whatever it answers") {
    if (!runs_under_wine()) {
        WARN("not under Wine: the firewall's COM class is not replaced on a real host");
        return;
    }
    const FirewallStandin standin;
    const auto [answer, expected] = GENERATE(table<const wchar_t*, std::string>({
        {L"domain", "domain "},
        {L"public,domain", "domain public "},
        {L"private", "private "},
        {L"7", "domain private public "},
        {L"0", "malformed answer: INetFwPolicy2::get_CurrentProfileTypes, which answered no known set of profiles"},
        {L"8",
         "malformed answer (8) at INetFwPolicy2::get_CurrentProfileTypes, which answered no known set of profiles"},
        {L"0x80070005", "access denied (0x80070005) at INetFwPolicy2::get_CurrentProfileTypes(this machine)"},
    }));
    const ScopedVariable variable(L"RDPMEDIC_STANDIN_PROFILES", answer);
    CHECK(text_of(windows::active_firewall_profiles()) == expected);
}

TEST_CASE("the firewall is asked from any thread, and leaves no COM behind") {
    std::string text;
    HRESULT after = E_FAIL;
    std::thread([&] {
        text = text_of(windows::active_firewall_profiles());
        // S_OK: this thread had no COM; S_FALSE would say that the call left it initialised.
        after = ::CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED);
        if (SUCCEEDED(after))
            text += text_of(windows::active_firewall_profiles()); // a single-threaded apartment
        ::CoUninitialize();
    }).join();
    CHECK(after == S_OK);
    if (runs_under_wine())
        CHECK(text.find("0x80004001", text.find("0x80004001") + 1) != std::string::npos);
}

TEST_CASE("a COM class that is not registered is an error") {
    if (!runs_under_wine()) {
        WARN("not under Wine: the firewall's COM class is not removed from a real host");
        return;
    }
    const FirewallStandin restores_the_server;
    REQUIRE(::RegDeleteKeyValueW(HKEY_LOCAL_MACHINE, server_key, nullptr) == ERROR_SUCCESS);
    const auto profiles = windows::active_firewall_profiles();
    REQUIRE(profiles.has_error());
    CHECK(profiles.error().code == Errc::unsupported);
    CHECK(profiles.error().where == "CoCreateInstance(NetFwPolicy2)");
}
