// What does the service control manager say about a service?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/service_manager.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {
namespace {

// https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_status_process
ServiceState state_of(DWORD raw) noexcept {
    switch (raw) {
    case SERVICE_STOPPED:
        return ServiceState::stopped;
    case SERVICE_START_PENDING:
        return ServiceState::start_pending;
    case SERVICE_STOP_PENDING:
        return ServiceState::stop_pending;
    case SERVICE_RUNNING:
        return ServiceState::running;
    case SERVICE_CONTINUE_PENDING:
        return ServiceState::continue_pending;
    case SERVICE_PAUSE_PENDING:
        return ServiceState::pause_pending;
    case SERVICE_PAUSED:
        return ServiceState::paused;
    }
    return ServiceState::unknown;
}

// https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-query_service_configw
StartType start_of(DWORD raw) noexcept {
    switch (raw) {
    case SERVICE_BOOT_START:
        return StartType::boot;
    case SERVICE_SYSTEM_START:
        return StartType::system;
    case SERVICE_AUTO_START:
        return StartType::automatic;
    case SERVICE_DEMAND_START:
        return StartType::manual;
    case SERVICE_DISABLED:
        return StartType::disabled;
    }
    return StartType::unknown;
}

std::string text_of(const wchar_t* text) { return text ? to_utf8(text) : std::string(); }

// A double-NUL list; names of load-order groups keep their "+".
std::vector<std::string> list_of(const wchar_t* text) {
    std::vector<std::string> list;
    for (; text && *text; text += std::wstring_view(text).size() + 1)
        list.push_back(to_utf8(text));
    return list;
}

// ERROR_SUCCESS or the reason, for calls that answer with a BOOL.
DWORD code_of(BOOL succeeded) noexcept { return succeeded ? ERROR_SUCCESS : ::GetLastError(); }

// Listing needs a right of its own, which not everybody has.
Result<ServiceHandle> open_manager() {
    ServiceHandle manager(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE));
    if (!manager && ::GetLastError() == ERROR_ACCESS_DENIED)
        manager = ServiceHandle(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
    if (!manager)
        return last_error("OpenSCManagerW", "this machine");
    return manager;
}

// The codes of a connection, not of an answer: https://learn.microsoft.com/windows/win32/rpc/rpc-return-values
bool is_broken(const Error& error) {
    return error.native == ERROR_INVALID_HANDLE || (error.native >= RPC_S_INVALID_STRING_BINDING && error.native < 1900);
}

Result<void> read_status(const ServiceHandle& handle, ServiceFacts& facts) {
    SERVICE_STATUS_PROCESS status{};
    DWORD size = 0;
    if (!::QueryServiceStatusEx(handle.get(), SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status), sizeof status,
                                &size))
        return last_error("QueryServiceStatusEx", facts.name);
    facts.state = state_of(status.dwCurrentState);
    facts.process_id = status.dwProcessId;
    facts.exit_code = status.dwWin32ExitCode;
    facts.specific_exit_code = status.dwServiceSpecificExitCode;
    facts.checkpoint = status.dwCheckPoint;
    facts.wait_hint = status.dwWaitHint;
    facts.accepted = status.dwControlsAccepted;
    return {};
}

Result<void> read_configuration(const ServiceHandle& handle, ServiceFacts& facts) {
    const auto buffer = ask_growing("QueryServiceConfigW", facts.name, 1024, [&](BYTE* to, DWORD& size) {
        DWORD wanted = 0;
        const DWORD code =
            code_of(::QueryServiceConfigW(handle.get(), reinterpret_cast<QUERY_SERVICE_CONFIGW*>(to), size, &wanted));
        if (code != ERROR_SUCCESS)
            size = wanted;
        return code;
    });
    if (!buffer)
        return buffer.error();
    const auto& configuration = *reinterpret_cast<const QUERY_SERVICE_CONFIGW*>(buffer->data());
    facts.start = start_of(configuration.dwStartType);
    facts.type = configuration.dwServiceType;
    facts.account = text_of(configuration.lpServiceStartName);
    facts.binary_path = text_of(configuration.lpBinaryPathName);
    facts.depends_on = list_of(configuration.lpDependencies);
    return {};
}

// Windows lists them in the reverse of their start order, which is the order in which to stop them.
// https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-enumdependentservicesw
Result<void> read_dependents(const ServiceHandle& handle, ServiceFacts& facts) {
    DWORD count = 0;
    const auto buffer = ask_growing("EnumDependentServicesW", facts.name, 4096, [&](BYTE* to, DWORD& size) {
        DWORD wanted = 0;
        const DWORD code = code_of(::EnumDependentServicesW(
            handle.get(), SERVICE_STATE_ALL, reinterpret_cast<ENUM_SERVICE_STATUSW*>(to), size, &wanted, &count));
        if (code != ERROR_SUCCESS)
            size = wanted;
        return code;
    });
    if (!buffer)
        return buffer.error();
    const auto* rows = reinterpret_cast<const ENUM_SERVICE_STATUSW*>(buffer->data());
    for (DWORD row = 0; row < count; ++row)
        facts.dependents.push_back(text_of(rows[row].lpServiceName));
    return {};
}

// Calls row(entry) for each service of these types and states. The whole buffer travels, so it is made no larger than
// the answer: the first call, without one, says how much is left.
// https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-enumservicesstatusexw
template <class Row>
Result<void> each_service(const ServiceHandle& manager, DWORD types, DWORD states, Row row) {
    constexpr DWORD most = 256 * 1024, rounds = 1000; // what one call takes; a list that never ends must not hang us
    Bytes buffer;
    for (DWORD resume = 0, round = 0; round < rounds; ++round) {
        DWORD left = 0, count = 0;
        const DWORD code =
            code_of(::EnumServicesStatusExW(manager.get(), SC_ENUM_PROCESS_INFO, types, states, buffer.data(),
                                            static_cast<DWORD>(buffer.size()), &left, &count, &resume, nullptr));
        if (code != ERROR_SUCCESS && (code != ERROR_MORE_DATA || left == 0))
            return error_of(code, "EnumServicesStatusExW", "this machine");
        const auto* rows = reinterpret_cast<const ENUM_SERVICE_STATUS_PROCESSW*>(buffer.data());
        for (DWORD at = 0; at < count; ++at)
            row(rows[at]);
        if (code == ERROR_SUCCESS)
            return {};
        buffer.resize(std::min(std::max<DWORD>(left + 1024, 4096), most)); // a little may have come since
    }
    return error_of(ERROR_MORE_DATA, "EnumServicesStatusExW", "this machine");
}

// How many services run in this process: more than one is a shared svchost. 0 where the manager does not tell.
std::uint32_t count_in_process(const ServiceHandle& manager, const ServiceFacts& facts) {
    if (facts.process_id == 0)
        return 0;
    if ((facts.type & SERVICE_WIN32_SHARE_PROCESS) == 0) // a process of its own
        return 1;
    std::uint32_t sharing = 0;
    const auto listed =
        each_service(manager, SERVICE_WIN32, SERVICE_ACTIVE, [&](const ENUM_SERVICE_STATUS_PROCESSW& row) {
            if (row.ServiceStatusProcess.dwProcessId == facts.process_id)
                ++sharing;
        });
    return listed ? sharing : 0;
}

Result<ServiceFacts> ask_service(const ServiceHandle& manager, std::string_view name) {
    ServiceFacts facts;
    facts.name = name;
    const ServiceHandle handle(
        ::OpenServiceW(manager.get(), to_wide(name).c_str(),
                       SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG | SERVICE_ENUMERATE_DEPENDENTS));
    if (!handle)
        return last_error("OpenServiceW", name);
    for (const auto read : {read_status, read_configuration, read_dependents})
        if (const auto done = read(handle, facts); !done)
            return done.error();
    facts.services_in_process = count_in_process(manager, facts);
    return facts;
}

// https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-queryserviceobjectsecurity
Result<Bytes> ask_security(const ServiceHandle& manager, std::string_view name) {
    const ServiceHandle handle(::OpenServiceW(manager.get(), to_wide(name).c_str(), READ_CONTROL));
    if (!handle)
        return last_error("OpenServiceW", name);
    constexpr SECURITY_INFORMATION wanted =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    auto descriptor = ask_growing("QueryServiceObjectSecurity", name, 512, [&](BYTE* to, DWORD& size) {
        return code_of(::QueryServiceObjectSecurity(handle.get(), wanted, to, size, &size));
    });
    if (!descriptor)
        return descriptor.error();
    // Every service of Windows has an owner. Wine answers an empty list without one, which would mean that nobody may
    // use the service.
    PSID owner = nullptr;
    BOOL defaulted = FALSE;
    if (!::GetSecurityDescriptorOwner(descriptor->data(), &owner, &defaulted) || !owner)
        return Error{Errc::unsupported, 0,
                     "QueryServiceObjectSecurity(" + std::string(name) + "), which answered no owner"};
    return descriptor;
}

Result<std::vector<ServiceSummary>> ask_all(const ServiceHandle& manager) {
    std::vector<ServiceSummary> all;
    const auto add = [&](const ENUM_SERVICE_STATUS_PROCESSW& row) {
        const SERVICE_STATUS_PROCESS& status = row.ServiceStatusProcess;
        all.push_back({text_of(row.lpServiceName), text_of(row.lpDisplayName), status.dwServiceType,
                       state_of(status.dwCurrentState), status.dwProcessId});
    };
    const auto listed = each_service(manager, SERVICE_WIN32 | SERVICE_DRIVER, SERVICE_STATE_ALL, add);
    if (!listed)
        return listed.error();
    return all;
}

} // namespace

Result<ServiceManager::Shared> ServiceManager::connect() const {
    const std::lock_guard lock(mutex_);
    if (!kept_) {
        auto manager = open_manager();
        if (!manager)
            return manager.error();
        kept_ = std::make_shared<const ServiceHandle>(std::move(*manager));
    }
    return kept_;
}

void ServiceManager::forget(const Shared& broken) const {
    const std::lock_guard lock(mutex_);
    if (kept_ == broken)
        kept_.reset();
}

template <class Question>
auto ServiceManager::ask(Question question) const -> decltype(question(std::declval<const ServiceHandle&>())) {
    for (bool again = true;; again = false) {
        const auto manager = connect();
        if (!manager)
            return manager.error();
        auto answer = question(**manager);
        if (answer || !is_broken(answer.error()))
            return answer;
        forget(*manager);
        if (!again)
            return answer;
    }
}

Result<ServiceFacts> ServiceManager::service(std::string_view name) const {
    return ask([&](const ServiceHandle& manager) { return ask_service(manager, name); });
}

Result<Bytes> ServiceManager::service_security(std::string_view name) const {
    return ask([&](const ServiceHandle& manager) { return ask_security(manager, name); });
}

Result<std::vector<ServiceSummary>> ServiceManager::services() const {
    return ask([](const ServiceHandle& manager) { return ask_all(manager); });
}

Result<ServiceFacts> service(std::string_view name) { return ServiceManager().service(name); }
Result<Bytes> service_security(std::string_view name) { return ServiceManager().service_security(name); }
Result<std::vector<ServiceSummary>> services() { return ServiceManager().services(); }

} // namespace rdpmedic::windows
