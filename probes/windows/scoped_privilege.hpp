// May this thread look past access control lists for a moment?
#pragma once

#include "probes/windows/handle.hpp"

namespace rdpmedic::windows {

// Enables a privilege for this thread alone, on a copy of the process's token, and gives the copy back at the end. Best
// effort: without the privilege, reads go on and access control lists decide. Not for a thread that impersonates.
// https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-impersonateself
class ScopedPrivilege {
  public:
    explicit ScopedPrivilege(const wchar_t* name) noexcept;
    ~ScopedPrivilege();
    ScopedPrivilege(const ScopedPrivilege&) = delete;
    ScopedPrivilege& operator=(const ScopedPrivilege&) = delete;

  private:
    bool impersonates_ = false;
};

} // namespace rdpmedic::windows
