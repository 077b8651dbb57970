// How many TCP segments has this machine sent, and how many of them twice?
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"

#include <iphlpapi.h>

namespace rdpmedic::windows {
namespace {

// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcpstatisticsex
Result<TcpCounters> counters(ULONG family, const char* label) {
    MIB_TCPSTATS raw{};
    if (const ULONG code = ::GetTcpStatisticsEx(&raw, family); code != NO_ERROR)
        return error_of(code, "GetTcpStatisticsEx", label);
    TcpCounters counters;
    counters.segments_sent = raw.dwOutSegs;
    counters.segments_retransmitted = raw.dwRetransSegs;
    counters.segments_received = raw.dwInSegs;
    counters.errors_received = raw.dwInErrs;
    counters.failed_attempts = raw.dwAttemptFails;
    counters.resets_of_established = raw.dwEstabResets;
    return counters;
}

} // namespace

Result<TcpStatistics> tcp_statistics() {
    const auto v4 = counters(AF_INET, "IPv4");
    if (!v4)
        return v4.error();
    const auto v6 = counters(AF_INET6, "IPv6");
    // A machine without IPv6 has sent nothing there.
    if (!v6 && v6.error().code != Errc::unsupported)
        return v6.error();
    return TcpStatistics{*v4, v6 ? *v6 : TcpCounters{}};
}

} // namespace rdpmedic::windows
