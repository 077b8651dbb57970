// What do all changes of a service need of the service control manager?
#include "agent/windows/service_calls.hpp"

#include "probes/windows/last_error.hpp"
#include "probes/windows/text.hpp"

#include <algorithm>

namespace rdpmedic::windows {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

Result<ServiceHandle> open_service(const std::string& name, DWORD access) {
    const ServiceHandle manager(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
    if (!manager)
        return last_error("OpenSCManagerW", "this machine");
    ServiceHandle handle(::OpenServiceW(manager.get(), to_wide(name).c_str(), access));
    if (!handle)
        return last_error("OpenServiceW", name);
    return handle;
}

Result<SERVICE_STATUS_PROCESS> status_of(const ServiceHandle& handle, const std::string& name) {
    SERVICE_STATUS_PROCESS status{};
    DWORD size = 0;
    if (!::QueryServiceStatusEx(handle.get(), SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status), sizeof status,
                                &size))
        return last_error("QueryServiceStatusEx", name);
    return status;
}

bool is_pending(DWORD state) noexcept {
    return state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING || state == SERVICE_CONTINUE_PENDING ||
           state == SERVICE_PAUSE_PENDING;
}

// A tenth of the hint between two looks, as documented, but at most a second: nobody is hurt by looking.
// https://learn.microsoft.com/windows/win32/services/starting-a-service
Result<SERVICE_STATUS_PROCESS> settled(const ServiceHandle& handle, const std::string& name) {
    auto progress = Clock::now();
    DWORD checkpoint = 0, state = 0;
    milliseconds pause{25}; // RDP may be down meanwhile: the first looks come sooner than a tenth of the hint
    while (true) {
        auto status = status_of(handle, name);
        if (!status || !is_pending(status->dwCurrentState))
            return status;
        if (status->dwCheckPoint != checkpoint || status->dwCurrentState != state) {
            progress = Clock::now();
            checkpoint = status->dwCheckPoint;
            state = status->dwCurrentState;
        }
        const milliseconds hint{status->dwWaitHint};
        if (Clock::now() - progress > service_patience + hint)
            return Error{Errc::timed_out, ERROR_SERVICE_REQUEST_TIMEOUT,
                         "service " + name + " makes no progress in state " + std::to_string(state)};
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::clamp(hint / 10, milliseconds{50}, milliseconds{1000}));
    }
}

} // namespace rdpmedic::windows
