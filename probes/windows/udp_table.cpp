// Who is bound to which UDP port?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/socket_owner.hpp"

#include <ws2tcpip.h>

#include <iphlpapi.h>

namespace rdpmedic::windows {
namespace {

std::string address_of(const MIB_UDPROW_OWNER_PID& row) { return ipv4_text(&row.dwLocalAddr); }
std::string address_of(const MIB_UDP6ROW_OWNER_PID& row) { return ipv6_text(row.ucLocalAddr, row.dwLocalScopeId); }

// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedudptable
template <class Table>
Result<void> append(ULONG family, std::string_view label, std::vector<UdpEndpoint>& endpoints) {
    const auto buffer = ask_growing("GetExtendedUdpTable", label, 16384, [&](BYTE* to, DWORD& size) {
        return ::GetExtendedUdpTable(to, &size, FALSE, family, UDP_TABLE_OWNER_PID, 0);
    });
    if (!buffer)
        return buffer.error();
    const auto& table = *reinterpret_cast<const Table*>(buffer->data());
    ProcessNames names;
    for (DWORD row = 0; row < table.dwNumEntries; ++row) {
        const auto& raw = table.table[row];
        // The port is in network order in the low word; the high word may hold anything.
        endpoints.push_back({address_of(raw), ::ntohs(static_cast<u_short>(raw.dwLocalPort & 0xFFFFU)), raw.dwOwningPid,
                             names.of(raw.dwOwningPid)});
    }
    return {};
}

} // namespace

Result<std::vector<UdpEndpoint>> udp_endpoints() {
    std::vector<UdpEndpoint> endpoints;
    if (const auto read = append<MIB_UDPTABLE_OWNER_PID>(AF_INET, "IPv4", endpoints); !read)
        return read.error();
    // A machine without IPv6 has no endpoints there.
    const auto read = append<MIB_UDP6TABLE_OWNER_PID>(AF_INET6, "IPv6", endpoints);
    if (!read && read.error().code != Errc::unsupported)
        return read.error();
    return endpoints;
}

} // namespace rdpmedic::windows
