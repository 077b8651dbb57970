// Is a program's answer read to its end, and does a program that does not end end with the call?
#include "probes/windows/handle.hpp"

#include "probes/windows/program_output.hpp"
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

#include <tlhelp32.h>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

std::wstring command_interpreter() {
    wchar_t folder[MAX_PATH] = {};
    ::GetSystemDirectoryW(folder, MAX_PATH);
    return std::wstring(folder) + L"\\cmd.exe";
}

} // namespace

TEST_CASE("what a program prints is read, from both of its streams") {
    const auto answer = windows::program_output(command_interpreter(), L"/c echo one&& echo two 1>&2", 60s);
    REQUIRE(answer.has_value());
    CHECK(answer->find("one") != std::string::npos);
    CHECK(answer->find("two") != std::string::npos);
}

TEST_CASE("a program that prints more than a pipe holds is read to its end") {
    const auto answer =
        windows::program_output(command_interpreter(), L"/c for /l %i in (1,1,3000) do @echo 0123456789", 60s);
    REQUIRE(answer.has_value());
    CHECK(answer->size() >= 30'000);
}

TEST_CASE("too long an answer, an exit status and a missing program are errors") {
    const auto endless = windows::program_output(
        command_interpreter(), L"/c for /l %i in (1,0,2) do @echo 0123456789012345678901234567890123456789", 60s);
    REQUIRE(endless.has_error());
    CHECK(endless.error().code == Errc::malformed);
    const auto failed = windows::program_output(command_interpreter(), L"/c exit 7", 60s);
    REQUIRE(failed.has_error());
    CHECK(failed.error().code == Errc::unsupported);
    CHECK(failed.error().native == 7);
    CHECK(windows::program_output(command_interpreter() + L".missing", L"", 60s).error().code == Errc::not_found);
}

TEST_CASE("a program that does not end is ended with the call") {
    const auto answer = windows::program_output(command_interpreter(), L"/c for /l %i in (1,0,2) do @rem", 300ms);
    REQUIRE(answer.has_error());
    CHECK(answer.error().code == Errc::timed_out);
}

TEST_CASE("a program that cannot be put into its job does not stay") {
    const auto running = [] {
        const windows::KernelObject list(::CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
        PROCESSENTRY32W entry{};
        entry.dwSize = sizeof entry;
        int count = 0;
        for (BOOL more = ::Process32FirstW(list.get(), &entry); more; more = ::Process32NextW(list.get(), &entry))
            count += ::lstrcmpiW(entry.szExeFile, L"cmd.exe") == 0 ? 1 : 0;
        return count;
    };
    const int before = running();
    SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
    const windows::KernelObject output(
        ::CreateFileW(L"NUL", GENERIC_WRITE, FILE_SHARE_WRITE, &inherited, OPEN_EXISTING, 0, nullptr));
    const auto started = windows::start_in_job(command_interpreter(), L"/c exit 0", nullptr, output.get());
    REQUIRE(started.has_error());
    CHECK(started.error().where.find("AssignProcessToJobObject") == 0);
    for (int wait = 0; wait < 100 && running() > before; ++wait)
        ::Sleep(20);
    CHECK(running() == before);
}

TEST_CASE("running a program leaves no handle behind") {
    DWORD before = 0, after = 0;
    (void)windows::program_output(command_interpreter(), L"/c exit 0", 60s);
    REQUIRE(::GetProcessHandleCount(::GetCurrentProcess(), &before));
    (void)windows::program_output(command_interpreter(), L"/c exit 0", 60s);
    REQUIRE(::GetProcessHandleCount(::GetCurrentProcess(), &after));
    CHECK(after <= before);
}
