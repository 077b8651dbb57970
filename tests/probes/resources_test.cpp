// Which shortage of memory, disk, handles or desktop heap is a finding, and which is not?
#include "probes/resources.hpp"
#include "tests/support/fake_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using rdpmedic::testing::FakeHost;

namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024, gibibyte = 1024 * mebibyte;
using Codes = std::vector<std::string>;

const RegistryPath profile_list{R"(SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList)"};
const RegistryPath subsystems{R"(SYSTEM\CurrentControlSet\Control\Session Manager\SubSystems)"};
constexpr const char* command_line = R"(%SystemRoot%\system32\csrss.exe ObjectDirectory=\Windows )"
                                     "SharedSection=1024,20480,768 Windows=On";

MemoryFacts half_used() {
    MemoryFacts memory;
    memory.commit_used = 4 * gibibyte;
    memory.commit_limit = 8 * gibibyte;
    memory.physical_available = 2 * gibibyte;
    memory.physical_total = 4 * gibibyte;
    return memory;
}

FakeHost healthy() {
    FakeHost host;
    host.give("memory", half_used());
    ServiceFacts service;
    service.name = "TermService";
    service.state = ServiceState::running;
    service.process_id = 812;
    service.services_in_process = 1;
    host.services["termservice"] = service;
    host.give("process 812", ProcessFacts{812, R"(C:\Windows\System32\svchost.exe)", 900, 20 * mebibyte, {}});
    host.set(profile_list, "ProfilesDirectory", {2, std::string(R"(%SystemDrive%\Users)")});
    host.set(subsystems, "Windows", {2, std::string(command_line)});
    host.give(R"(volume %SystemDrive%\)", VolumeFacts{R"(C:\)", 100 * gibibyte, 50 * gibibyte});
    host.give(R"(volume %SystemDrive%\Users)", VolumeFacts{R"(C:\Users)", 100 * gibibyte, 50 * gibibyte});
    return host;
}

std::vector<Finding> findings_of(const FakeHost& host) {
    JudgeContext context;
    context.now = host.time;
    return resources::judge(resources::collect(host).value(), context);
}

Codes codes_of(const FakeHost& host) {
    Codes codes;
    for (const Finding& finding : findings_of(host))
        codes.push_back(finding.code + " " + name_of(finding.severity) +
                        (finding.subject.empty() ? "" : " " + finding.subject));
    return codes;
}

} // namespace

TEST_CASE("a host with enough of everything has no finding") { CHECK(codes_of(healthy()).empty()); }

TEST_CASE("committed memory is judged by its share of the limit") {
    const auto [used, codes] = GENERATE(table<std::uint64_t, Codes>({{9000, {}},
                                                                     {9099, {}},
                                                                     {9100, {"resources.commit_high warning"}},
                                                                     {9799, {"resources.commit_high warning"}},
                                                                     {9800, {"resources.commit_high critical"}},
                                                                     {10000, {"resources.commit_high critical"}}}));
    FakeHost host = healthy();
    MemoryFacts memory = half_used();
    memory.commit_used = used * mebibyte;
    memory.commit_limit = 10000 * mebibyte;
    host.give("memory", memory);
    INFO(used);
    CHECK(codes_of(host) == codes);
}

TEST_CASE("little free physical memory is a warning") {
    const auto [free, codes] = GENERATE(table<std::uint64_t, Codes>(
        {{500, {}}, {499, {"resources.memory_low warning"}}, {0, {"resources.memory_low warning"}}}));
    FakeHost host = healthy();
    MemoryFacts memory = half_used();
    memory.physical_available = free * mebibyte;
    memory.physical_total = 10000 * mebibyte;
    host.give("memory", memory);
    INFO(free);
    CHECK(codes_of(host) == codes);
}

TEST_CASE("counters without a total are unknown, not empty memory") {
    FakeHost host = healthy();
    host.give("memory", MemoryFacts{});
    CHECK(codes_of(host) == Codes{"resources.unknown unknown memory"});
}

TEST_CASE("memory that cannot be read is unknown") {
    FakeHost host = healthy();
    host.give("memory", Error{Errc::access_denied, 5, "GetPerformanceInfo(this machine)"});
    CHECK(codes_of(host) == Codes{"resources.unknown unknown memory"});
}

TEST_CASE("a process of TermService that leaks handles is a warning") {
    FakeHost host = healthy();
    host.give("process 812", ProcessFacts{812, "svchost.exe", 10000, 0, {}});
    CHECK(codes_of(host).empty());
    host.give("process 812", ProcessFacts{812, "svchost.exe", 10001, 0, {}});
    const auto findings = findings_of(host);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == "resources.handles_high");
    CHECK(findings[0].text.find("other services") == std::string::npos);

    SECTION("and may belong to another service of a shared process") {
        host.services["termservice"].services_in_process = 4;
        CHECK(findings_of(host).at(0).text.find("other services") != std::string::npos);
    }
    SECTION("also where Windows did not count the services of the process") {
        host.services["termservice"].services_in_process = 0;
        CHECK(findings_of(host).at(0).text.find("other services") != std::string::npos);
    }
}

TEST_CASE("a TermService that does not run holds nothing") {
    FakeHost host = healthy();
    host.services["termservice"].process_id = 0;
    CHECK(codes_of(host).empty());
    SECTION("nor one that ended while it was looked at") {
        host.services["termservice"].process_id = 812;
        host.give("process 812", Error{Errc::not_found, 87, "OpenProcess(process 812)"});
        CHECK(codes_of(host).empty());
    }
    SECTION("nor one that does not exist") {
        host.services.clear();
        CHECK(codes_of(host).empty());
    }
}

TEST_CASE("a process that cannot be opened is unknown") {
    FakeHost host = healthy();
    host.give("process 812", Error{Errc::access_denied, 5, "OpenProcess(process 812)"});
    CHECK(codes_of(host) == Codes{"resources.unknown unknown the process of TermService"});
}

TEST_CASE("the disk of the system and of the profiles is judged once where they are one") {
    const auto [free, codes] =
        GENERATE(table<std::uint64_t, Codes>({{5120 * mebibyte, {}},
                                              {5120 * mebibyte - 1, {R"(resources.disk_low warning C:\)"}},
                                              {1024 * mebibyte, {R"(resources.disk_low warning C:\)"}},
                                              {1024 * mebibyte - 1, {R"(resources.disk_low critical C:\)"}},
                                              {0, {R"(resources.disk_low critical C:\)"}}}));
    FakeHost host = healthy();
    host.give(R"(volume %SystemDrive%\)", VolumeFacts{R"(C:\)", 100 * gibibyte, free});
    host.give(R"(volume %SystemDrive%\Users)", VolumeFacts{R"(C:\Users)", 100 * gibibyte, free});
    INFO(free);
    CHECK(codes_of(host) == codes);
}

TEST_CASE("profiles on a drive of their own are judged on their own") {
    FakeHost host = healthy();
    host.set(profile_list, "ProfilesDirectory", {2, std::string(R"(D:\Profiles)")});
    host.give(R"(volume D:\Profiles)", VolumeFacts{R"(D:\Profiles)", 10 * gibibyte, 100 * mebibyte});
    CHECK(codes_of(host) == Codes{R"(resources.disk_low critical D:\Profiles)"});

    SECTION("also where the volume is mounted in a folder of the system drive") {
        host.set(profile_list, "ProfilesDirectory", {2, std::string(R"(C:\Users)")});
        host.give(R"(volume C:\Users)", VolumeFacts{R"(C:\Users)", 10 * gibibyte, 100 * mebibyte});
        CHECK(codes_of(host) == Codes{R"(resources.disk_low critical C:\Users)"});
    }
}

TEST_CASE("a drive that cannot be asked is unknown") {
    FakeHost host = healthy();
    host.give(R"(volume %SystemDrive%\)", Error{Errc::io, 21, R"(GetDiskFreeSpaceExW(C:\))"});
    CHECK(codes_of(host) == Codes{R"(resources.unknown unknown the system drive (%SystemDrive%\))"});
}

TEST_CASE("a desktop heap that is smaller than any Windows has it is a warning") {
    const auto [sections, codes] = GENERATE(table<std::string, Codes>({
        {"SharedSection=1024,20480,768", {}},
        {"SharedSection=1024,3072,512", {}},
        {"SharedSection=1024,3072", {}},
        {"SharedSection=1024,3071,512", {"resources.desktop_heap warning"}},
        {"SharedSection=1024,20480,511", {"resources.desktop_heap warning"}},
        {"SharedSection=1024", {"resources.desktop_heap warning"}},
        {"SharedSection=1024,20480,768,1", {"resources.desktop_heap warning"}},
        {"SharedSection=1024,,768", {"resources.desktop_heap warning"}},
        {"SharedSection=1024,20 480,768", {"resources.desktop_heap warning"}},
        {"SharedSection=1024,-1,768", {"resources.desktop_heap warning"}},
        {"SharedSection=1024,99999999999,768", {"resources.desktop_heap warning"}},
        {"SharedSection=", {"resources.desktop_heap warning"}},
        {"Windows=On", {"resources.desktop_heap warning"}},
    }));
    FakeHost host = healthy();
    host.set(subsystems, "Windows", {2, R"(%SystemRoot%\system32\csrss.exe )" + sections + " Windows=On"});
    INFO(sections);
    CHECK(codes_of(host) == codes);
}

TEST_CASE("a desktop heap that cannot be read is unknown") {
    FakeHost host = healthy();
    host.set(subsystems, "Windows", {4, std::uint32_t{1}});
    CHECK(codes_of(host) == Codes{"resources.unknown unknown the desktop heap"});
}
