// May this thread look past access control lists for a moment?
#include "probes/windows/scoped_privilege.hpp"

#include <exception>

namespace rdpmedic::windows {

ScopedPrivilege::ScopedPrivilege(const wchar_t* name) noexcept {
    impersonates_ = ::ImpersonateSelf(SecurityImpersonation) != FALSE;
    if (!impersonates_)
        return;
    KernelObject token;
    TOKEN_PRIVILEGES privileges{};
    privileges.PrivilegeCount = 1;
    privileges.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    if (::OpenThreadToken(::GetCurrentThread(), TOKEN_ADJUST_PRIVILEGES, TRUE, token.out()) &&
        ::LookupPrivilegeValueW(nullptr, name, &privileges.Privileges[0].Luid))
        ::AdjustTokenPrivileges(token.get(), FALSE, &privileges, 0, nullptr, nullptr);
}

ScopedPrivilege::~ScopedPrivilege() {
    // A thread that cannot give the token back would go on with rights nobody expects: end, as the documentation asks.
    // https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-reverttoself#remarks
    if (impersonates_ && !::RevertToSelf())
        std::terminate();
}

} // namespace rdpmedic::windows
