// How does rdpmedic become a service?
#include "agent/windows/service_control.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic {
namespace {

using windows::last_error;

using Service = windows::ServiceHandle;

constexpr wchar_t wide_name[] = L"rdpmedic";
constexpr wchar_t event_source[] = L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\rdpmedic";
constexpr wchar_t description[] =
    L"Probes what keeps Remote Desktop from working, answers /health and repairs the host when asked.";

std::wstring command_line(const std::filesystem::path& program) {
    return L"\"" + program.wstring() + L"\" run --service";
}

Result<Service> open(DWORD access) {
    const Service manager(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
    if (!manager)
        return last_error("OpenSCManagerW", "SC_MANAGER_CONNECT");
    Service service(::OpenServiceW(manager.get(), wide_name, access));
    if (!service)
        return last_error("OpenServiceW", service_name);
    return service;
}

// ERROR_INVALID_LEVEL and ERROR_CALL_NOT_IMPLEMENTED: this Windows does not know the setting.
Result<> set(const Service& service, DWORD level, void* value, const char* what, std::vector<std::string>& unknown) {
    if (::ChangeServiceConfig2W(service.get(), level, value))
        return {};
    const DWORD number = ::GetLastError();
    if (number != ERROR_INVALID_LEVEL && number != ERROR_CALL_NOT_IMPLEMENTED && number != ERROR_INVALID_PARAMETER)
        return windows::error_of(number, "ChangeServiceConfig2W", what);
    unknown.emplace_back(std::string(what) + " (" + std::to_string(number) + ")");
    return {};
}

Result<> set_failure_actions(const Service& service, std::vector<std::string>& unknown) {
    SC_ACTION actions[] = {{SC_ACTION_RESTART, 5'000}, {SC_ACTION_RESTART, 30'000}, {SC_ACTION_RESTART, 300'000}};
    SERVICE_FAILURE_ACTIONSW failure{};
    failure.dwResetPeriod = 24 * 60 * 60;
    failure.cActions = 3;
    failure.lpsaActions = actions;
    if (auto done = set(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failure, "failure actions", unknown); !done)
        return done;
    SERVICE_FAILURE_ACTIONS_FLAG flag{TRUE}; // an end with an error counts as a failure, not only a crash
    return set(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &flag, "failure actions flag", unknown);
}

Result<> register_event_source(const std::filesystem::path& program) {
    windows::RegistryKey key;
    const LSTATUS opened = ::RegCreateKeyExW(HKEY_LOCAL_MACHINE, event_source, 0, nullptr, 0,
                                             KEY_SET_VALUE | KEY_WOW64_64KEY, nullptr, key.out(), nullptr);
    if (opened != ERROR_SUCCESS)
        return windows::error_of_status(opened, "RegCreateKeyExW", "the event source rdpmedic");
    const std::wstring file = program.wstring();
    const DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
    const LSTATUS named =
        ::RegSetValueExW(key.get(), L"EventMessageFile", 0, REG_EXPAND_SZ, reinterpret_cast<const BYTE*>(file.c_str()),
                         static_cast<DWORD>((file.size() + 1) * sizeof(wchar_t)));
    const LSTATUS typed = ::RegSetValueExW(key.get(), L"TypesSupported", 0, REG_DWORD,
                                           reinterpret_cast<const BYTE*>(&types), sizeof types);
    if (named != ERROR_SUCCESS || typed != ERROR_SUCCESS)
        return windows::error_of_status(named != ERROR_SUCCESS ? named : typed, "RegSetValueExW",
                                        "the event source rdpmedic");
    return {};
}

} // namespace

// Backup and Restore read and write security where the DACL forbids it; TakeOwnership is for key files whose DACL was
// destroyed; Shutdown is for a restart that was asked for; Impersonate and ChangeNotify are what every service has.
std::vector<std::string> required_privileges() {
    return {"SeChangeNotifyPrivilege", "SeImpersonatePrivilege",   "SeBackupPrivilege",
            "SeRestorePrivilege",      "SeTakeOwnershipPrivilege", "SeShutdownPrivilege"};
}

Result<std::vector<std::string>> configure_service(const std::filesystem::path& program) {
    Result<Service> service = open(SERVICE_CHANGE_CONFIG | SERVICE_START); // SERVICE_START: failure actions restart
    if (!service)
        return service.error();
    std::vector<std::string> unknown;
    std::wstring words = description, needed;
    for (const std::string& name : required_privileges())
        needed += windows::to_wide(name) + L'\0'; // and one more NUL, which every string ends with
    SERVICE_DESCRIPTIONW described{words.data()};
    SERVICE_SID_INFO sid{SERVICE_SID_TYPE_UNRESTRICTED};
    SERVICE_REQUIRED_PRIVILEGES_INFOW required{needed.data()};
    if (auto done = set(*service, SERVICE_CONFIG_DESCRIPTION, &described, "description", unknown); !done)
        return done.error();
    if (auto done = set(*service, SERVICE_CONFIG_SERVICE_SID_INFO, &sid, "service SID", unknown); !done)
        return done.error();
    if (auto done = set(*service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, &required, "required privileges", unknown);
        !done)
        return done.error();
    if (auto done = set_failure_actions(*service, unknown); !done)
        return done.error();
    if (auto done = register_event_source(program); !done)
        return done.error();
    return unknown;
}

Result<std::vector<std::string>> install_service(const std::filesystem::path& program) {
    const Service manager(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE));
    if (!manager)
        return last_error("OpenSCManagerW", "SC_MANAGER_CREATE_SERVICE; run this as an administrator");
    const std::wstring command = command_line(program);
    const Service created(::CreateServiceW(manager.get(), wide_name, L"rdpmedic", SERVICE_CHANGE_CONFIG,
                                           SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL,
                                           command.c_str(), nullptr, nullptr, nullptr, nullptr, nullptr));
    if (!created) {
        if (::GetLastError() != ERROR_SERVICE_EXISTS)
            return last_error("CreateServiceW", service_name);
        Result<Service> present = open(SERVICE_CHANGE_CONFIG);
        if (!present)
            return present.error();
        if (!::ChangeServiceConfigW(present->get(), SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL,
                                    command.c_str(), nullptr, nullptr, nullptr, L"LocalSystem", nullptr, L"rdpmedic"))
            return last_error("ChangeServiceConfigW", service_name);
    }
    return configure_service(program);
}

Result<> uninstall_service() {
    Result<Service> service = open(DELETE);
    if (!service)
        return service.error();
    if (!::DeleteService(service->get()))
        return last_error("DeleteService", service_name);
    const LSTATUS removed = ::RegDeleteKeyExW(HKEY_LOCAL_MACHINE, event_source, KEY_WOW64_64KEY, 0);
    if (removed != ERROR_SUCCESS && removed != ERROR_FILE_NOT_FOUND)
        return windows::error_of_status(removed, "RegDeleteKeyExW", "the event source rdpmedic");
    return {};
}

} // namespace rdpmedic
