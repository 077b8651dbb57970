// Is another process repairing this host right now?
#include "agent/repair/repair_lock.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"

#include <sddl.h>

namespace rdpmedic {

namespace {

using namespace rdpmedic::windows;

constexpr const wchar_t* name = L"Global\\rdpmedic-repair";

struct LocalMemoryTraits {
    using Raw = void*;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::LocalFree(raw); }
};

class NamedLock : public RepairLock {
  public:
    explicit NamedLock(KernelObject mutex) : mutex_(std::move(mutex)) {}

  private:
    KernelObject mutex_;
};

} // namespace

// The mutex is a name, not a possession: a mutex is owned by a thread, and the thread that takes this lock is not the
// one that lets it go. Whoever creates the name has the lock; it ends with the last handle, also when the process dies.
// Only SYSTEM and administrators may open it. Another program that creates the name first can hinder repairs, not more.
// https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createmutexw
Result<std::unique_ptr<RepairLock>> take_repair_lock(const std::filesystem::path&) {
    Handle<LocalMemoryTraits> descriptor;
    if (!::ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:P(A;;GA;;;SY)(A;;GA;;;BA)", SDDL_REVISION_1,
                                                                descriptor.out(), nullptr))
        return last_error("ConvertStringSecurityDescriptorToSecurityDescriptorW", "repair lock");
    SECURITY_ATTRIBUTES attributes{sizeof attributes, descriptor.get(), FALSE};
    ::SetLastError(ERROR_SUCCESS);
    KernelObject mutex(::CreateMutexW(&attributes, FALSE, name));
    const DWORD code = ::GetLastError();
    if (mutex && code != ERROR_ALREADY_EXISTS)
        return std::unique_ptr<RepairLock>(std::make_unique<NamedLock>(std::move(mutex)));
    if (code == ERROR_ALREADY_EXISTS || code == ERROR_ACCESS_DENIED)
        return Error{Errc::timed_out, code, "CreateMutexW(Global\\rdpmedic-repair)"};
    return error_of(code, "CreateMutexW", "Global\\rdpmedic-repair");
}

} // namespace rdpmedic
