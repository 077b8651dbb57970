// Who listens on which TCP port?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include <ws2tcpip.h>

#include <iphlpapi.h>

namespace rdpmedic::windows {
namespace {

constexpr DWORD system_process = 4; // the kernel: http.sys listens in its name

// The image's file name. Empty where the process is gone or may not be asked.
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-queryfullprocessimagenamew
std::string process_name(DWORD process_id) {
    if (process_id == system_process)
        return "System";
    const KernelObject process(::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process_id));
    if (!process)
        return {};
    wchar_t path[32768] = {};
    DWORD size = 32767;
    if (!::QueryFullProcessImageNameW(process.get(), 0, path, &size))
        return {};
    const std::wstring_view whole(path, size);
    return to_utf8(whole.substr(whole.find_last_of(L"\\/") + 1));
}

std::string address_of(int family, const void* raw) {
    char text[INET6_ADDRSTRLEN] = {};
    return ::inet_ntop(family, raw, text, sizeof text) ? text : std::string();
}

std::string address_of(const MIB_TCPROW_OWNER_PID& row) { return address_of(AF_INET, &row.dwLocalAddr); }

std::string address_of(const MIB_TCP6ROW_OWNER_PID& row) {
    std::string text = address_of(AF_INET6, row.ucLocalAddr);
    // Only a link-local address means something else on another link.
    const bool link_local = row.ucLocalAddr[0] == 0xFE && (row.ucLocalAddr[1] & 0xC0U) == 0x80U;
    if (link_local && row.dwLocalScopeId != 0)
        text += "%" + std::to_string(row.dwLocalScopeId);
    return text;
}

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
