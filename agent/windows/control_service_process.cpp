// How does the process of a hung service end, and never another one?
#include "agent/windows/control.hpp"

#include "agent/windows/service_calls.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"

namespace rdpmedic::windows {

namespace {

using Clock = std::chrono::steady_clock;

constexpr UINT exit_status = ERROR_PROCESS_ABORTED; // what the service control manager's event then shows

std::string label(const EndServiceProcess& change) {
    return "process " + std::to_string(change.process_id) + " of service " + change.service;
}

Error another(const EndServiceProcess& change, const std::string& why) {
    return Error{Errc::io, 0, label(change) + ": " + why + "; look at the plan again"};
}

// Whole seconds, as the plan has them.
// https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocesstimes
Result<Time> started_at(const KernelObject& process, const EndServiceProcess& change) {
    FILETIME created{}, ended{}, kernel{}, user{};
    if (!::GetProcessTimes(process.get(), &created, &ended, &kernel, &user))
        return last_error("GetProcessTimes", label(change));
    constexpr std::int64_t seconds_1601_to_1970 = 11'644'473'600;
    const auto ticks = static_cast<std::int64_t>(std::uint64_t{created.dwHighDateTime} << 32U | created.dwLowDateTime);
    return Time(std::chrono::seconds(ticks / 10'000'000 - seconds_1601_to_1970));
}

// The process, as long as it is the one that the plan means. Its number cannot be given to another one while the
// handle is open, so what is checked here is what ends.
// https://learn.microsoft.com/windows/win32/procthread/process-handles-and-identifiers
Result<KernelObject> open_process(const EndServiceProcess& change, DWORD access) {
    if (!change.started)
        return another(change, "when it was started is not known, so it cannot be told from another one");
    KernelObject process(::OpenProcess(access | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, change.process_id));
    if (!process)
        return last_error("OpenProcess", label(change));
    const auto started = started_at(process, change);
    if (!started)
        return started.error();
    if (*started != *change.started)
        return another(change, "it is another process by now");
    return process;
}

// Empty: it may end. Only a service that hangs on its way, and only where it is alone in the process.
Result<> may_end(const EndServiceProcess& change, const ServiceFacts& facts) {
    if (facts.process_id != change.process_id)
        return another(change, "the service runs in process " + std::to_string(facts.process_id) + " by now");
    if (facts.services_in_process == 0)
        return another(change, "how many services share it is not known");
    if (facts.services_in_process != 1)
        return another(change, std::to_string(facts.services_in_process) + " services share it");
    switch (facts.state) {
    case ServiceState::start_pending:
    case ServiceState::stop_pending:
    case ServiceState::continue_pending:
    case ServiceState::pause_pending:
        return {};
    case ServiceState::running:
    case ServiceState::stopped:
    case ServiceState::paused:
    case ServiceState::unknown:
        break;
    }
    return another(change, "the service is not on its way from one state to another, so it does not hang");
}

// A service that its failure actions have started again at once has another process: the end was made.
Result<> wait_until_stopped(const ServiceHandle& handle, const EndServiceProcess& change) {
    const auto began = Clock::now();
    while (true) {
        const auto status = status_of(handle, change.service);
        if (!status)
            return status.error();
        if (status->dwCurrentState == SERVICE_STOPPED || status->dwProcessId != change.process_id)
            return {};
        if (Clock::now() - began > service_patience)
            return Error{Errc::timed_out, ERROR_SERVICE_REQUEST_TIMEOUT,
                         "the service control manager has not noticed the end of " + label(change)};
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
}

} // namespace

Result<Change> capture_change(const EndServiceProcess& change) {
    const auto facts = service(change.service);
    if (!facts)
        return facts.error();
    if (const auto allowed = may_end(change, *facts); !allowed)
        return allowed.error();
    if (const auto process = open_process(change, 0); !process)
        return process.error();
    return Change{SetServiceState{change.service, ServiceState::running}};
}

// https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess
Result<> apply_change(const EndServiceProcess& change) {
    const auto before = service(change.service);
    if (!before)
        return before.error();
    if (before->state == ServiceState::stopped)
        return {}; // already so
    const auto handle = open_service(change.service, SERVICE_QUERY_STATUS);
    if (!handle)
        return handle.error();
    const auto process = open_process(change, PROCESS_TERMINATE | SYNCHRONIZE);
    if (!process)
        return process.error();
    const auto now = service(change.service); // after the handle was opened
    if (!now)
        return now.error();
    if (const auto allowed = may_end(change, *now); !allowed)
        return allowed.error();
    if (!::TerminateProcess(process->get(), exit_status))
        return last_error("TerminateProcess", label(change));
    return wait_until_stopped(*handle, change);
}

} // namespace rdpmedic::windows
