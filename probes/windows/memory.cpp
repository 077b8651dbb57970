// How much memory and disk is left, and how much does a process hold?
#include "probes/windows/expand.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include <psapi.h>

namespace rdpmedic::windows {
namespace {

std::string image_of(const KernelObject& process) {
    std::wstring path(32 * 1024, L'\0'); // the longest path that Windows has
    auto size = static_cast<DWORD>(path.size());
    if (!::QueryFullProcessImageNameW(process.get(), 0, path.data(), &size))
        return {};
    path.resize(size);
    return to_utf8(path);
}

std::optional<Time> start_of(const KernelObject& process) {
    FILETIME created{}, ended{}, kernel{}, user{};
    if (!::GetProcessTimes(process.get(), &created, &ended, &kernel, &user))
        return std::nullopt;
    constexpr std::int64_t seconds_1601_to_1970 = 11'644'473'600;
    const auto ticks = static_cast<std::int64_t>(std::uint64_t{created.dwHighDateTime} << 32U | created.dwLowDateTime);
    return Time(std::chrono::seconds(ticks / 10'000'000 - seconds_1601_to_1970));
}

} // namespace

// https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getperformanceinfo
// https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-globalmemorystatusex
Result<MemoryFacts> memory() {
    PERFORMANCE_INFORMATION counters{};
    if (!::GetPerformanceInfo(&counters, sizeof counters))
        return last_error("GetPerformanceInfo", "this machine");
    MEMORYSTATUSEX status{};
    status.dwLength = sizeof status;
    if (!::GlobalMemoryStatusEx(&status))
        return last_error("GlobalMemoryStatusEx", "this machine");
    const auto bytes = [&](SIZE_T pages) { return std::uint64_t{pages} * counters.PageSize; };
    MemoryFacts facts;
    facts.commit_used = bytes(counters.CommitTotal);
    facts.commit_limit = bytes(counters.CommitLimit);
    facts.physical_total = status.ullTotalPhys;
    facts.physical_available = status.ullAvailPhys;
    facts.kernel_nonpaged = bytes(counters.KernelNonpaged);
    facts.kernel_paged = bytes(counters.KernelPaged);
    facts.handles = counters.HandleCount;
    facts.processes = counters.ProcessCount;
    facts.threads = counters.ThreadCount;
    return facts;
}

// PROCESS_QUERY_LIMITED_INFORMATION suffices for all of it, also of another account's process.
// https://learn.microsoft.com/windows/win32/procthread/process-security-and-access-rights
Result<ProcessFacts> process(std::uint32_t id) {
    const std::string name = "process " + std::to_string(id);
    const KernelObject handle(::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id));
    if (!handle) {
        const Error error = last_error("OpenProcess", name);
        // What OpenProcess answers where there is no such process.
        return error.native == ERROR_INVALID_PARAMETER ? Error{Errc::not_found, error.native, error.where} : error;
    }
    ProcessFacts facts;
    facts.id = id;
    facts.image = image_of(handle);
    facts.started = start_of(handle);
    DWORD handles = 0;
    if (!::GetProcessHandleCount(handle.get(), &handles))
        return last_error("GetProcessHandleCount", name);
    facts.handles = handles;
    PROCESS_MEMORY_COUNTERS_EX counters{};
    if (!::GetProcessMemoryInfo(handle.get(), reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(&counters), sizeof counters))
        return last_error("GetProcessMemoryInfo", name);
    facts.private_bytes = counters.PrivateUsage;
    return facts;
}

// https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdiskfreespaceexw
Result<VolumeFacts> volume(std::string_view path) {
    const auto expanded = expand(path);
    if (!expanded)
        return expanded.error();
    VolumeFacts facts;
    facts.path = to_utf8(*expanded);
    ULARGE_INTEGER available{}, size{};
    if (!::GetDiskFreeSpaceExW(expanded->c_str(), &available, &size, nullptr))
        return last_error("GetDiskFreeSpaceExW", facts.path);
    facts.size = size.QuadPart;
    facts.available = available.QuadPart;
    return facts;
}

} // namespace rdpmedic::windows
