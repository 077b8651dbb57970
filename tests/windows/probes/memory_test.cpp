// Do memory, processes and volumes arrive as Windows counts them?
#include "tests/windows/probes/fixtures.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

TEST_CASE("the memory of this machine is read in bytes") {
    const auto memory = make_windows_host()->memory();
    REQUIRE(memory.has_value());
    constexpr std::uint64_t megabyte = 1'000'000;
    CHECK(memory->physical_total > 100 * megabyte);
    CHECK(memory->physical_available > 0);
    CHECK(memory->physical_available <= memory->physical_total);
    CHECK(memory->commit_limit > 100 * megabyte);
    CHECK(memory->commit_used > 0);
    CHECK(memory->commit_used <= memory->commit_limit);
    CHECK(memory->processes > 0);
    CHECK(memory->threads >= memory->processes);
    CHECK(memory->handles > 0);
}

TEST_CASE("a process is read with its image, handles, memory and start") {
    const auto own = make_windows_host()->process(::GetCurrentProcessId());
    REQUIRE(own.has_value());
    CHECK(own->id == ::GetCurrentProcessId());
    CHECK(own->image.find("tests_windows") != std::string::npos);
    if (!runs_under_wine()) // which answers 0
        CHECK(own->private_bytes > 100'000);
    REQUIRE(own->started.has_value());
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    CHECK(*own->started <= now + std::chrono::seconds{2});
    CHECK(*own->started > now - std::chrono::hours{24});
    DWORD handles = 0;
    REQUIRE(::GetProcessHandleCount(::GetCurrentProcess(), &handles));
    CHECK(own->handles == handles);
}

TEST_CASE("a process that does not exist is not found") {
    const auto nobody = make_windows_host()->process(0x7FFFFFFC);
    REQUIRE(nobody.has_error());
    CHECK(nobody.error().code == Errc::not_found);
    CHECK(nobody.error().where == "OpenProcess(process 2147483644)");
}

TEST_CASE("a volume is read by a path with variables") {
    const auto volume = make_windows_host()->volume(R"(%SystemDrive%\)");
    REQUIRE(volume.has_value());
    CHECK(volume->path == R"(C:\)");
    CHECK(volume->size > 0);
    CHECK(volume->available <= volume->size);
}

TEST_CASE("a volume behind a folder that does not exist is not found") {
    const auto volume = make_windows_host()->volume(R"(%SystemDrive%\rdpmedic-nowhere)");
    REQUIRE(volume.has_error());
    CHECK(volume.error().code == Errc::not_found);
}
