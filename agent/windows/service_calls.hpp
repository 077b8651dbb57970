// What do all changes of a service need of the service control manager?
#pragma once

#include "probes/result.hpp"
#include "probes/windows/handle.hpp"

#include <chrono>
#include <string>
#include <thread>

namespace rdpmedic::windows {

// The service control manager itself calls a service hung that has shown no progress for 80 s beyond its last hint:
// https://learn.microsoft.com/windows/win32/services/service-startup
inline constexpr std::chrono::milliseconds service_patience{80'000};

// not_found: there is no such service.
Result<ServiceHandle> open_service(const std::string& name, DWORD access);

Result<SERVICE_STATUS_PROCESS> status_of(const ServiceHandle& handle, const std::string& name);

bool is_pending(DWORD state) noexcept;

// Waits until the service is no longer on its way. timed_out: its checkpoint has stood still for longer than it asked
// for.
Result<SERVICE_STATUS_PROCESS> settled(const ServiceHandle& handle, const std::string& name);

// ERROR_SUCCESS or the reason, for calls that answer with a BOOL.
inline DWORD code_of(BOOL succeeded) noexcept { return succeeded ? ERROR_SUCCESS : ::GetLastError(); }

// What call() answers, a Windows code. Another start holds the lock of the service database for as long as
// it takes: half a minute is waited for it.
template <class Call>
DWORD while_locked(Call call) {
    constexpr int tries = 30;
    DWORD code = ERROR_SUCCESS;
    for (int attempt = 0; attempt < tries; ++attempt) {
        code = call();
        if (code != ERROR_SERVICE_DATABASE_LOCKED)
            return code;
        std::this_thread::sleep_for(std::chrono::seconds{1});
    }
    return code;
}

} // namespace rdpmedic::windows
