// Which firewall profiles are active now?
#include "probes/windows/com.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"

#include <netfw.h>

namespace rdpmedic::windows {

// https://learn.microsoft.com/windows/win32/api/netfw/nf-netfw-inetfwpolicy2-get_currentprofiletypes
Result<FirewallProfiles> active_firewall_profiles() {
    const ComUse com; // outlives the policy below
    if (!com.ready())
        return error_of_status(com.status(), "CoInitializeEx", "multithreaded");
    Com<INetFwPolicy2> policy;
    HRESULT status = ::CoCreateInstance(__uuidof(NetFwPolicy2), nullptr, CLSCTX_INPROC_SERVER, __uuidof(INetFwPolicy2),
                                        reinterpret_cast<void**>(policy.out()));
    if (FAILED(status) || !policy)
        return error_of_status(status, "CoCreateInstance", "NetFwPolicy2");
    long bits = 0;
    status = policy.get()->get_CurrentProfileTypes(&bits);
    if (FAILED(status))
        return error_of_status(status, "INetFwPolicy2::get_CurrentProfileTypes", "this machine");
    constexpr long known = NET_FW_PROFILE2_DOMAIN | NET_FW_PROFILE2_PRIVATE | NET_FW_PROFILE2_PUBLIC;
    // Windows has at least one profile active at any time: anything else is not an answer.
    if (bits == 0 || (bits & ~known) != 0)
        return Error{Errc::malformed, static_cast<std::uint32_t>(bits),
                     "INetFwPolicy2::get_CurrentProfileTypes, which answered no known set of profiles"};
    return FirewallProfiles{(bits & NET_FW_PROFILE2_DOMAIN) != 0, (bits & NET_FW_PROFILE2_PRIVATE) != 0,
                            (bits & NET_FW_PROFILE2_PUBLIC) != 0};
}

} // namespace rdpmedic::windows
