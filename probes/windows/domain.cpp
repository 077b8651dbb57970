// Does this machine belong to a domain, and does the domain still know it?
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"
#include "probes/windows/text.hpp"

#include <lm.h>

namespace rdpmedic::windows {
namespace {

template <class T>
struct NetMemoryTraits {
    using Raw = T*;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::NetApiBufferFree(raw); }
};

using NetLogonControl = NET_API_STATUS WINAPI(LPCWSTR server, DWORD function, DWORD level, LPBYTE data, LPBYTE* buffer);

} // namespace

// https://learn.microsoft.com/windows/win32/api/lmjoin/nf-lmjoin-netgetjoininformation
Result<DomainMembership> domain_membership() {
    Handle<NetMemoryTraits<wchar_t>> name;
    NETSETUP_JOIN_STATUS join = NetSetupUnknownStatus;
    const NET_API_STATUS status = ::NetGetJoinInformation(nullptr, name.out(), &join);
    if (status != NERR_Success)
        return error_of(status, "NetGetJoinInformation", "this machine");
    const std::string text = name ? to_utf8(name.get()) : std::string();
    switch (join) {
    case NetSetupUnjoined:
    case NetSetupWorkgroupName:
        return DomainMembership{false, text};
    case NetSetupDomainName:
        return DomainMembership{true, text};
    case NetSetupUnknownStatus:
        break;
    }
    return Error{Errc::malformed, static_cast<std::uint32_t>(join), "NetGetJoinInformation(this machine)"};
}

// The state of the channel as Netlogon last used it; asks no domain controller and changes nothing.
// https://learn.microsoft.com/windows/win32/api/lmaccess/nf-lmaccess-i_netlogoncontrol2
Result<SecureChannel> secure_channel(std::string_view domain) {
    const auto library = system_library(L"netapi32.dll");
    if (!library)
        return library.error();
    auto* const control = function_of<NetLogonControl>(*library, "I_NetLogonControl2");
    if (!control)
        return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", "netapi32.dll, I_NetLogonControl2");
    std::wstring name = to_wide(domain);
    wchar_t* text = name.data(); // the data is a pointer to the text
    Handle<NetMemoryTraits<BYTE>> buffer;
    const NET_API_STATUS status =
        control(nullptr, NETLOGON_CONTROL_TC_QUERY, 2, reinterpret_cast<LPBYTE>(&text), buffer.out());
    if (status != NERR_Success)
        return error_of(status, "I_NetLogonControl2", domain);
    if (!buffer)
        return Error{Errc::malformed, 0, "I_NetLogonControl2(" + std::string(domain) + ")"};
    const auto* info = reinterpret_cast<const NETLOGON_INFO_2*>(buffer.get());
    return SecureChannel{info->netlog2_trusted_dc_name ? to_utf8(info->netlog2_trusted_dc_name) : std::string(),
                         info->netlog2_tc_connection_status};
}

} // namespace rdpmedic::windows
