// Are accounts, the domain, roles and WMI read, and does what this system does not know come out as that?
#include "probes/access.hpp"
#include "probes/gateway.hpp"
#include "probes/licensing.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/windows_host.hpp"
#include "probes/windows/wmi.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace rdpmedic;

namespace {

std::vector<Finding> judge_here(const Probe& probe) {
    const auto host = make_windows_host();
    JudgeContext context;
    context.now = host->now().value();
    const auto findings = probe.run(*host, context);
    if (!findings)
        FAIL(describe(findings.error()));
    return *findings;
}

template <class T>
Error error_of(const Result<T>& result) {
    if (result)
        FAIL("an answer where none was expected");
    return result.error();
}

} // namespace

TEST_CASE("a list without anybody is no answer where Windows would always name somebody") {
    for (const char* right : {"SeRemoteInteractiveLogonRight", "SeDenyNetworkLogonRight"}) {
        INFO(right);
        CHECK(error_of(windows::accounts_with_right(right)).code == Errc::unsupported);
    }
    CHECK(error_of(windows::local_group("S-1-5-32-544")).code == Errc::unsupported);
    CHECK(error_of(windows::local_group("S-1-5-32-555")).code == Errc::unsupported);
}

TEST_CASE("a group that does not exist is not found, and a name is no SID") {
    CHECK(error_of(windows::local_group("S-1-5-32-999")).code == Errc::not_found);
    CHECK(error_of(windows::local_group("Remote Desktop Users")).code == Errc::malformed);
    CHECK(error_of(windows::local_group("")).code == Errc::malformed);
}

TEST_CASE("this machine is in a workgroup, by name") {
    const auto domain = windows::domain_membership();
    if (!domain)
        FAIL(describe(domain.error()));
    CHECK_FALSE(domain->joined);
    CHECK_FALSE(domain->name.empty());
}

TEST_CASE("roles that this system does not know are not found") {
    CHECK(error_of(windows::licensing()).code == Errc::not_found);
    CHECK(error_of(windows::license_server_status("ls01.example.local")).code == Errc::not_found);
    CHECK(error_of(windows::gateway()).code == Errc::not_found);
}

TEST_CASE("without http.sys its certificates are an error, not an empty list") {
    CHECK_FALSE(error_of(windows::https_bindings()).where.empty());
}

TEST_CASE("WMI answers a query by type") {
    const auto wmi = windows::Wmi::connect(L"ROOT\\CIMV2");
    if (!wmi)
        FAIL(describe(wmi.error()));
    const auto rows = wmi->query(L"SELECT * FROM Win32_OperatingSystem");
    if (!rows)
        FAIL(describe(rows.error()));
    REQUIRE(rows->size() == 1);
    const windows::WmiObject& system = rows->front();
    CHECK_FALSE(system.text(L"BuildNumber").value().empty());
    CHECK(system.number(L"ProductType").value() >= 1);
    CHECK(system.flag(L"Primary").value());
    CHECK(error_of(system.number(L"Caption")).code == Errc::malformed);
    CHECK(error_of(system.flag(L"Caption")).code == Errc::malformed);
    CHECK(error_of(system.bytes(L"Caption")).code == Errc::malformed);
    CHECK(error_of(system.texts(L"Caption")).code == Errc::malformed);
    CHECK(error_of(system.text(L"ProductType")).code == Errc::malformed);
    CHECK(error_of(system.text(L"NoSuchProperty")).code == Errc::not_found);
}

TEST_CASE("WMI tells what does not exist from what is wrong") {
    CHECK(error_of(windows::Wmi::connect(L"ROOT\\NoSuchNamespace")).code == Errc::not_found);
    const auto wmi = windows::Wmi::connect(L"ROOT\\CIMV2");
    if (!wmi)
        FAIL(describe(wmi.error()));
    const auto rows = wmi->query(L"SELECT * FROM Win32_NoSuchClass"); // Windows refuses, Wine finds nothing
    CHECK((rows ? rows->empty() : rows.error().code == Errc::not_found));
    CHECK(error_of(wmi->query(L"this is no query")).code == Errc::io);
}

TEST_CASE("a method of WMI answers, and a number that is not 0 is an error with that number") {
    const auto wmi = windows::Wmi::connect(L"ROOT\\CIMV2");
    if (!wmi)
        FAIL(describe(wmi.error()));
    const std::wstring own =
        L"SELECT * FROM Win32_Process WHERE ProcessId = " + std::to_wstring(::GetCurrentProcessId());
    const auto rows = wmi->query(own.c_str());
    if (!rows)
        FAIL(describe(rows.error()));
    REQUIRE(rows->size() == 1);
    const auto owner = wmi->call(rows->front(), L"GetOwner");
    if (!owner)
        FAIL(describe(owner.error()));
    CHECK_FALSE(owner->text(L"User").value().empty());
    CHECK(error_of(wmi->call(rows->front(), L"NoSuchMethod")).native != 0);
    CHECK(error_of(wmi->call(rows->front(), L"NoSuchMethod", {{L"NoSuchInput", ""}})).native != 0);
}

TEST_CASE("a method of WMI is given text and numbers") {
    const auto wmi = windows::Wmi::connect(L"ROOT\\DEFAULT");
    if (!wmi)
        FAIL(describe(wmi.error()));
    const auto rows = wmi->query(L"SELECT * FROM StdRegProv");
    if (!rows)
        FAIL(describe(rows.error()));
    REQUIRE(rows->size() == 1); // Windows has none: this is how Wine lets its method be called
    const std::vector<windows::WmiInput> build{{L"sSubKeyName", R"(SOFTWARE\Microsoft\Windows NT\CurrentVersion)"},
                                               {L"sValueName", "CurrentBuildNumber"}};
    // Wine wants the root key as well, a number: ERROR_INVALID_HANDLE is its own answer and came through ReturnValue.
    CHECK(error_of(wmi->call(rows->front(), L"GetStringValue", build)).native == ERROR_INVALID_HANDLE);
    CHECK(error_of(wmi->call(rows->front(), L"GetStringValue", {{L"NoSuchInput", ""}})).native != 0);
    std::vector<windows::WmiInput> whole = build;
    whole.push_back({L"hDefKey", static_cast<std::int32_t>(0x80000002U)}); // HKEY_LOCAL_MACHINE
    const auto answer = wmi->call(rows->front(), L"GetStringValue", whole);
    if (!answer)
        FAIL(describe(answer.error()));
    CHECK_FALSE(answer->text(L"sValue").value().empty());
}

TEST_CASE("WMI can be asked from several threads at once, each with its own connection") {
    std::vector<std::thread> threads;
    std::atomic<int> answered = 0;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&answered] {
            const auto wmi = windows::Wmi::connect(L"ROOT\\CIMV2");
            if (wmi && wmi->query(L"SELECT * FROM Win32_OperatingSystem"))
                ++answered;
        });
        // Wine 8 keeps one table of a class for all queries without a lock, and one run in 25 ended in its free_table.
        if (testing::runs_under_wine())
            threads.back().join();
    }
    for (std::thread& thread : threads)
        if (thread.joinable())
            thread.join();
    CHECK(answered == 4);
}

TEST_CASE("on a system that knows neither rights nor roles, access is unknown and the others say nothing") {
    const std::vector<Finding> findings = judge_here(access::probe({}));
    CHECK_FALSE(findings.empty());
    for (const Finding& finding : findings) {
        INFO(finding.code << " " << finding.subject);
        CHECK(finding.severity == Severity::unknown);
    }
    CHECK(judge_here(licensing::probe({})).empty());
    CHECK(judge_here(gateway::probe({})).empty());
}
