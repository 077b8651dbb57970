// How does a service start and stop, and when is that really so?
#include "agent/windows/control.hpp"

#include "agent/windows/service_calls.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"

namespace rdpmedic::windows {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using ControlServiceEx = BOOL WINAPI(SC_HANDLE service, DWORD control, DWORD level, void* parameters);

Result<> start(const std::string& name) {
    const auto handle = open_service(name, SERVICE_START | SERVICE_QUERY_STATUS);
    if (!handle)
        return handle.error();
    auto before = settled(*handle, name); // a stop under way must end first
    if (!before)
        return before.error();
    const DWORD code = while_locked([&] { return code_of(::StartServiceW(handle->get(), 0, nullptr)); });
    if (code != ERROR_SUCCESS && code != ERROR_SERVICE_ALREADY_RUNNING)
        return error_of(code, "StartServiceW", name);
    auto after = settled(*handle, name);
    if (!after)
        return after.error();
    if (after->dwCurrentState == SERVICE_RUNNING)
        return {};
    const DWORD reason = after->dwWin32ExitCode != NO_ERROR ? after->dwWin32ExitCode : ERROR_SERVICE_NOT_ACTIVE;
    return error_of(reason, "StartServiceW", name + ", which stopped again");
}

// With a reason, so that the service control manager's own event says who stopped the service and why. 0 or the Windows
// code; ERROR_CALL_NOT_IMPLEMENTED where advapi32 has no such function, as under Wine.
// https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-controlserviceexw
// https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_control_status_reason_paramsw
DWORD stop_with_reason(const ServiceHandle& handle) {
    const auto library = system_library(L"advapi32.dll");
    auto* const call = library ? function_of<ControlServiceEx>(*library, "ControlServiceExW") : nullptr;
    if (!call)
        return ERROR_CALL_NOT_IMPLEMENTED;
    std::wstring comment = L"rdpmedic repairs Remote Desktop";
    SERVICE_CONTROL_STATUS_REASON_PARAMSW parameters{};
    parameters.dwReason =
        SERVICE_STOP_REASON_FLAG_PLANNED | SERVICE_STOP_REASON_MAJOR_SOFTWARE | SERVICE_STOP_REASON_MINOR_MAINTENANCE;
    parameters.pszComment = comment.data();
    if (call(handle.get(), SERVICE_CONTROL_STOP, SERVICE_CONTROL_STATUS_REASON_INFO, &parameters))
        return ERROR_SUCCESS;
    return ::GetLastError();
}

// Where the reason is not taken, a stop without one is still the stop that was asked for.
DWORD send_stop(const ServiceHandle& handle) {
    const DWORD code = stop_with_reason(handle);
    if (code != ERROR_CALL_NOT_IMPLEMENTED && code != ERROR_INVALID_PARAMETER && code != ERROR_INVALID_LEVEL)
        return code;
    SERVICE_STATUS ignored{};
    return ::ControlService(handle.get(), SERVICE_CONTROL_STOP, &ignored) ? ERROR_SUCCESS : ::GetLastError();
}

// A service that was started again at once, by whoever needs it, has another process: the stop was made.
// https://learn.microsoft.com/windows/win32/services/stopping-a-service
Result<> stop(const std::string& name) {
    const auto handle = open_service(name, SERVICE_STOP | SERVICE_QUERY_STATUS);
    if (!handle)
        return handle.error();
    auto before = settled(*handle, name);
    if (!before)
        return before.error();
    if (before->dwCurrentState == SERVICE_STOPPED)
        return {};
    const DWORD code = while_locked([&] { return send_stop(*handle); });
    if (code == ERROR_SERVICE_NOT_ACTIVE)
        return {};
    if (code != ERROR_SUCCESS)
        return error_of(code, "ControlServiceExW(STOP)", name);
    const auto began = Clock::now();
    while (true) {
        auto after = settled(*handle, name);
        if (!after)
            return after.error();
        if (after->dwCurrentState == SERVICE_STOPPED || after->dwProcessId != before->dwProcessId)
            return {};
        if (Clock::now() - began > service_patience)
            return Error{Errc::timed_out, ERROR_SERVICE_REQUEST_TIMEOUT, "stopping service " + name};
        std::this_thread::sleep_for(milliseconds{50}); // it has not reported STOP_PENDING yet
    }
}

Result<> stop_dependents(const std::string& name) {
    const auto facts = service(name);
    if (!facts)
        return facts.error();
    for (const std::string& dependent : facts->dependents)
        if (auto stopped = stop(dependent); !stopped)
            return stopped;
    return {};
}

} // namespace

Result<Change> capture_change(const SetServiceState& change) {
    if (change.state != ServiceState::running && change.state != ServiceState::stopped)
        return Error{Errc::unsupported, 0, "a service is only started or stopped"};
    const auto facts = service(change.service);
    if (!facts)
        return facts.error();
    switch (facts->state) {
    case ServiceState::running:
    case ServiceState::start_pending:
    case ServiceState::continue_pending:
        return Change{SetServiceState{change.service, ServiceState::running}};
    case ServiceState::stopped:
    case ServiceState::stop_pending:
        return Change{SetServiceState{change.service, ServiceState::stopped, true}};
    case ServiceState::pause_pending:
    case ServiceState::paused:
    case ServiceState::unknown:
        break;
    }
    return Error{Errc::unsupported, 0, "service " + change.service + " is paused or in an unknown state"};
}

Result<> apply_change(const SetServiceState& change) {
    if (change.state == ServiceState::running)
        return start(change.service);
    if (change.with_dependents)
        if (auto stopped = stop_dependents(change.service); !stopped)
            return stopped;
    return stop(change.service);
}

} // namespace rdpmedic::windows
