// Which firewall profiles are active now?
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"

#include <netfw.h>
#include <objbase.h>

namespace rdpmedic::windows {
namespace {

// COM for the length of one call on whatever thread makes it. A thread that is already a single-threaded apartment
// stays one; its COM serves as well.
// https://learn.microsoft.com/windows/win32/api/combaseapi/nf-combaseapi-coinitializeex
class ComUse {
  public:
    ComUse() noexcept : status_(::CoInitializeEx(nullptr, COINIT_MULTITHREADED)) {}
    ~ComUse() {
        if (SUCCEEDED(status_))
            ::CoUninitialize();
    }
    ComUse(const ComUse&) = delete;
    ComUse& operator=(const ComUse&) = delete;
    bool ready() const noexcept { return SUCCEEDED(status_) || status_ == RPC_E_CHANGED_MODE; }
    HRESULT status() const noexcept { return status_; }

  private:
    HRESULT status_;
};

struct PolicyTraits {
    using Raw = INetFwPolicy2*;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { raw->Release(); }
};
using Policy = Handle<PolicyTraits>;

} // namespace

// https://learn.microsoft.com/windows/win32/api/netfw/nf-netfw-inetfwpolicy2-get_currentprofiletypes
Result<FirewallProfiles> active_firewall_profiles() {
    const ComUse com; // outlives the policy below
    if (!com.ready())
        return error_of_status(com.status(), "CoInitializeEx", "multithreaded");
    Policy policy;
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
