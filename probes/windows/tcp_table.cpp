// Who listens on which TCP port, and which connections are there?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/socket_owner.hpp"

#include <iphlpapi.h>

namespace rdpmedic::windows {
namespace {

// The port is in network order in the low word; the high word may hold anything.
std::uint16_t port_of(DWORD raw) noexcept { return ::ntohs(static_cast<u_short>(raw & 0xFFFFU)); }

std::string local_address(const MIB_TCPROW_OWNER_PID& row) { return ipv4_text(&row.dwLocalAddr); }
std::string local_address(const MIB_TCP6ROW_OWNER_PID& row) { return ipv6_text(row.ucLocalAddr, row.dwLocalScopeId); }
std::string remote_address(const MIB_TCPROW_OWNER_PID& row) { return ipv4_text(&row.dwRemoteAddr); }
std::string remote_address(const MIB_TCP6ROW_OWNER_PID& row) {
    return ipv6_text(row.ucRemoteAddr, row.dwRemoteScopeId);
}

// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcprow_lh
TcpState state_of(DWORD raw) noexcept {
    switch (raw) {
    case MIB_TCP_STATE_CLOSED:
        return TcpState::closed;
    case MIB_TCP_STATE_LISTEN:
        return TcpState::listen;
    case MIB_TCP_STATE_SYN_SENT:
        return TcpState::syn_sent;
    case MIB_TCP_STATE_SYN_RCVD:
        return TcpState::syn_received;
    case MIB_TCP_STATE_ESTAB:
        return TcpState::established;
    case MIB_TCP_STATE_FIN_WAIT1:
        return TcpState::fin_wait_1;
    case MIB_TCP_STATE_FIN_WAIT2:
        return TcpState::fin_wait_2;
    case MIB_TCP_STATE_CLOSE_WAIT:
        return TcpState::close_wait;
    case MIB_TCP_STATE_CLOSING:
        return TcpState::closing;
    case MIB_TCP_STATE_LAST_ACK:
        return TcpState::last_ack;
    case MIB_TCP_STATE_TIME_WAIT:
        return TcpState::time_wait;
    case MIB_TCP_STATE_DELETE_TCB:
        return TcpState::delete_tcb;
    default:
        return TcpState::unknown;
    }
}

// Gives each row to `add`.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedtcptable
template <class Table, class Add>
Result<void> each_row(ULONG family, TCP_TABLE_CLASS rows, std::string_view label, Add add) {
    const auto buffer = ask_growing("GetExtendedTcpTable", label, 16384, [&](BYTE* to, DWORD& size) {
        return ::GetExtendedTcpTable(to, &size, FALSE, family, rows, 0);
    });
    if (!buffer)
        return buffer.error();
    const auto& table = *reinterpret_cast<const Table*>(buffer->data());
    for (DWORD row = 0; row < table.dwNumEntries; ++row)
        add(table.table[row]);
    return {};
}

template <class Add>
Result<void> each_row(TCP_TABLE_CLASS rows, Add add) {
    if (const auto read = each_row<MIB_TCPTABLE_OWNER_PID>(AF_INET, rows, "IPv4", add); !read)
        return read.error();
    // A machine without IPv6 has no rows there.
    const auto read = each_row<MIB_TCP6TABLE_OWNER_PID>(AF_INET6, rows, "IPv6", add);
    if (!read && read.error().code != Errc::unsupported)
        return read.error();
    return {};
}

} // namespace

Result<std::vector<TcpListener>> tcp_listeners() {
    std::vector<TcpListener> listeners;
    const auto read = each_row(TCP_TABLE_OWNER_PID_LISTENER, [&](const auto& row) {
        listeners.push_back(
            {local_address(row), port_of(row.dwLocalPort), row.dwOwningPid, process_name(row.dwOwningPid)});
    });
    if (!read)
        return read.error();
    return listeners;
}

Result<std::vector<TcpConnection>> tcp_connections() {
    std::vector<TcpConnection> connections;
    const auto read = each_row(TCP_TABLE_OWNER_PID_CONNECTIONS, [&](const auto& row) {
        // Wine gives the listeners too.
        if (row.dwState != MIB_TCP_STATE_LISTEN)
            connections.push_back({local_address(row), port_of(row.dwLocalPort), remote_address(row),
                                   port_of(row.dwRemotePort), state_of(row.dwState), row.dwOwningPid});
    });
    if (!read)
        return read.error();
    return connections;
}

} // namespace rdpmedic::windows
