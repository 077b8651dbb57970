// How large may a packet to an address be, as far as Windows has learnt?
#include "probes/windows/address_text.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"

#include <iphlpapi.h>

#include <netioapi.h>

namespace rdpmedic::windows {
namespace {

using GetIpPathEntry = NETIO_STATUS NETIOAPI_API_(PMIB_IPPATH_ROW);

} // namespace

// The call wants the interface beside the destination. DERIVED: the one by which Windows would send there now is that
// of the path. Wine 8 does not export it.
// https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-getippathentry
Result<std::uint32_t> path_mtu(std::string_view address) {
    const Result<SOCKADDR_INET> to = socket_address(address);
    if (!to)
        return to.error();
    const auto library = system_library(L"iphlpapi.dll");
    if (!library)
        return library.error();
    auto* const ask = function_of<GetIpPathEntry>(*library, "GetIpPathEntry");
    if (!ask)
        return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", "GetIpPathEntry");
    MIB_IPPATH_ROW row{};
    row.Destination = *to;
    DWORD index = 0;
    if (const DWORD code = ::GetBestInterfaceEx(reinterpret_cast<sockaddr*>(&row.Destination), &index);
        code == ERROR_NETWORK_UNREACHABLE || code == ERROR_HOST_UNREACHABLE)
        return Error{Errc::not_found, code, "GetBestInterfaceEx(" + std::string(address) + "), which has no route"};
    else if (code != NO_ERROR)
        return error_of(code, "GetBestInterfaceEx", address);
    row.InterfaceIndex = index;
    if (const auto code = ask(&row); code != NO_ERROR)
        return error_of(static_cast<std::uint32_t>(code), "GetIpPathEntry", address);
    if (row.PathMtu == 0)
        return Error{Errc::not_found, 0, "GetIpPathEntry(" + std::string(address) + "), which has no MTU"};
    return row.PathMtu;
}

} // namespace rdpmedic::windows
