// How does a service start, stop and change its start type, and when is that really so?
#include "agent/windows/control.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace rdpmedic::windows {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// The service control manager itself calls a service hung that has shown no progress for 80 s beyond its last hint:
// https://learn.microsoft.com/windows/win32/services/service-startup
constexpr milliseconds patience{80'000};
constexpr int locked_tries = 30;

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

// Waits until the service is no longer on its way. timed_out: its checkpoint has stood still for longer than it asked
// for. A tenth of the hint between two looks, as documented, but at most a second: nobody is hurt by looking.
// https://learn.microsoft.com/windows/win32/services/starting-a-service
Result<SERVICE_STATUS_PROCESS> settled(const ServiceHandle& handle, const std::string& name) {
    auto progress = Clock::now();
    DWORD checkpoint = 0, state = 0;
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
        if (Clock::now() - progress > patience + hint)
            return Error{Errc::timed_out, ERROR_SERVICE_REQUEST_TIMEOUT,
                         "service " + name + " makes no progress in state " + std::to_string(state)};
        std::this_thread::sleep_for(std::clamp(hint / 10, milliseconds{50}, milliseconds{1000}));
    }
}

// Another start holds the lock of the service database for as long as it takes.
template <class Call>
DWORD while_locked(Call call) {
    DWORD code = ERROR_SUCCESS;
    for (int attempt = 0; attempt < locked_tries; ++attempt) {
        code = call() ? ERROR_SUCCESS : ::GetLastError();
        if (code != ERROR_SERVICE_DATABASE_LOCKED)
            return code;
        std::this_thread::sleep_for(std::chrono::seconds{1});
    }
    return code;
}

Result<> start(const std::string& name) {
    const auto handle = open_service(name, SERVICE_START | SERVICE_QUERY_STATUS);
    if (!handle)
        return handle.error();
    auto before = settled(*handle, name); // a stop under way must end first
    if (!before)
        return before.error();
    const DWORD code = while_locked([&] { return ::StartServiceW(handle->get(), 0, nullptr); });
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

// A service that was started again at once, by whoever needs it, has another process: the stop was made.
// https://learn.microsoft.com/windows/win32/services/stopping-a-service
Result<> stop(const std::string& name) {
    const auto handle = open_service(name, SERVICE_STOP | SERVICE_QUERY_STATUS);
    if (!handle)
        return handle.error();
    auto before = settled(*handle, name);
    if (!before)
        return before.error();
    SERVICE_STATUS ignored{};
    const DWORD code = while_locked([&] { return ::ControlService(handle->get(), SERVICE_CONTROL_STOP, &ignored); });
    if (code == ERROR_SERVICE_NOT_ACTIVE)
        return {};
    if (code != ERROR_SUCCESS)
        return error_of(code, "ControlService(STOP)", name);
    const auto began = Clock::now();
    while (true) {
        auto after = settled(*handle, name);
        if (!after)
            return after.error();
        if (after->dwCurrentState == SERVICE_STOPPED || after->dwProcessId != before->dwProcessId)
            return {};
        if (Clock::now() - began > patience)
            return Error{Errc::timed_out, ERROR_SERVICE_REQUEST_TIMEOUT, "stopping service " + name};
        std::this_thread::sleep_for(milliseconds{50}); // it has not reported STOP_PENDING yet
    }
}

Result<DWORD> start_type(StartType type) {
    switch (type) {
    case StartType::automatic:
        return DWORD{SERVICE_AUTO_START};
    case StartType::manual:
        return DWORD{SERVICE_DEMAND_START};
    case StartType::disabled:
        return DWORD{SERVICE_DISABLED};
    case StartType::boot:
    case StartType::system:
    case StartType::unknown:
        break;
    }
    return Error{Errc::unsupported, 0, "a start type that is not for services"};
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
        return Change{SetServiceState{change.service, ServiceState::stopped}};
    case ServiceState::pause_pending:
    case ServiceState::paused:
    case ServiceState::unknown:
        break;
    }
    return Error{Errc::unsupported, 0, "service " + change.service + " is paused or in an unknown state"};
}

Result<Change> capture_change(const SetServiceStart& change) {
    const auto facts = service(change.service);
    if (!facts)
        return facts.error();
    if (const auto type = start_type(facts->start); !type)
        return type.error();
    return Change{SetServiceStart{change.service, facts->start}};
}

Result<> apply_change(const SetServiceState& change) {
    return change.state == ServiceState::running ? start(change.service) : stop(change.service);
}

// https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-changeserviceconfigw
Result<> apply_change(const SetServiceStart& change) {
    const auto type = start_type(change.start);
    if (!type)
        return type.error();
    const auto handle = open_service(change.service, SERVICE_CHANGE_CONFIG);
    if (!handle)
        return handle.error();
    const DWORD code = while_locked([&] {
        return ::ChangeServiceConfigW(handle->get(), SERVICE_NO_CHANGE, *type, SERVICE_NO_CHANGE, nullptr, nullptr,
                                      nullptr, nullptr, nullptr, nullptr, nullptr);
    });
    if (code != ERROR_SUCCESS)
        return error_of(code, "ChangeServiceConfigW", change.service);
    return {};
}

} // namespace rdpmedic::windows
