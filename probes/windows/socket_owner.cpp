// How do the socket tables of Windows name an address and an owner?
#include "probes/windows/socket_owner.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/text.hpp"

#include <ws2tcpip.h>

namespace rdpmedic::windows {
namespace {

constexpr DWORD system_process = 4;

std::string text_of(int family, const void* raw) {
    char text[INET6_ADDRSTRLEN] = {};
    return ::inet_ntop(family, raw, text, sizeof text) ? text : std::string();
}

} // namespace

// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-queryfullprocessimagenamew
std::string process_name(unsigned long process_id) {
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

std::string ipv4_text(const void* address) { return text_of(AF_INET, address); }

std::string ipv6_text(const unsigned char* address, unsigned long scope) {
    std::string text = text_of(AF_INET6, address);
    // Only a link-local address means something else on another link.
    const bool link_local = address[0] == 0xFE && (address[1] & 0xC0U) == 0x80U;
    if (link_local && scope != 0)
        text += "%" + std::to_string(scope);
    return text;
}

} // namespace rdpmedic::windows
