// Who listens on which TCP port?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/socket_owner.hpp"

#include <ws2tcpip.h>

#include <iphlpapi.h>

namespace rdpmedic::windows {
namespace {

std::string address_of(const MIB_TCPROW_OWNER_PID& row) { return ipv4_text(&row.dwLocalAddr); }
std::string address_of(const MIB_TCP6ROW_OWNER_PID& row) { return ipv6_text(row.ucLocalAddr, row.dwLocalScopeId); }

// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedtcptable
template <class Table>
Result<void> append(ULONG family, std::string_view label, std::vector<TcpListener>& listeners) {
    const auto buffer = ask_growing("GetExtendedTcpTable", label, 16384, [&](BYTE* to, DWORD& size) {
        return ::GetExtendedTcpTable(to, &size, FALSE, family, TCP_TABLE_OWNER_PID_LISTENER, 0);
    });
    if (!buffer)
        return buffer.error();
    const auto& table = *reinterpret_cast<const Table*>(buffer->data());
    for (DWORD row = 0; row < table.dwNumEntries; ++row) {
        const auto& raw = table.table[row];
        // The port is in network order in the low word; the high word may hold anything.
        listeners.push_back({address_of(raw), ::ntohs(static_cast<u_short>(raw.dwLocalPort & 0xFFFFU)), raw.dwOwningPid,
                             process_name(raw.dwOwningPid)});
    }
    return {};
}

} // namespace

Result<std::vector<TcpListener>> tcp_listeners() {
    std::vector<TcpListener> listeners;
    if (const auto read = append<MIB_TCPTABLE_OWNER_PID>(AF_INET, "IPv4", listeners); !read)
        return read.error();
    // A machine without IPv6 has no listeners there.
    const auto read = append<MIB_TCP6TABLE_OWNER_PID>(AF_INET6, "IPv6", listeners);
    if (!read && read.error().code != Errc::unsupported)
        return read.error();
    return listeners;
}

} // namespace rdpmedic::windows
