// What do the account, the exit code and the state of a service mean?
#include "probes/termservice_words.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::termservice {
namespace {

struct ExitCode {
    std::uint32_t code;
    const char* name;
    const char* meaning; // and what to do
};

// https://learn.microsoft.com/windows/win32/debug/system-error-codes and, for what Microsoft suggests to do,
// https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/troubleshoot-remote-desktop-services-issues
// (whose table swaps the rows of 1053 and 1058).
constexpr std::array exit_codes{
    ExitCode{2, "ERROR_FILE_NOT_FOUND", "a file of the service is missing; compare its path with a healthy host"},
    ExitCode{3, "ERROR_PATH_NOT_FOUND", "a folder of the service is missing; compare its path with a healthy host"},
    ExitCode{5, "ERROR_ACCESS_DENIED", "the service may not open something that it needs; look for the denied access"},
    ExitCode{14, "ERROR_OUTOFMEMORY", "there was not enough memory"},
    ExitCode{126, "ERROR_MOD_NOT_FOUND", "a DLL of the service is missing; check its ServiceDll"},
    ExitCode{127, "ERROR_PROC_NOT_FOUND", "a DLL of the service is of another version; run sfc /scannow"},
    ExitCode{193, "ERROR_BAD_EXE_FORMAT", "a file of the service is damaged; run sfc /scannow"},
    ExitCode{1053, "ERROR_SERVICE_REQUEST_TIMEOUT", "the service did not answer in time; it hangs"},
    ExitCode{1058, "ERROR_SERVICE_DISABLED", "the service is disabled; set its start type to manual"},
    ExitCode{1059, "ERROR_CIRCULAR_DEPENDENCY", "the service depends on itself; compare its dependencies"},
    ExitCode{1067, "ERROR_PROCESS_ABORTED",
             "the process ended unexpectedly; look for its crash in the Application log"},
    ExitCode{1068, "ERROR_SERVICE_DEPENDENCY_FAIL", "a service that it depends on did not start"},
    ExitCode{1069, "ERROR_SERVICE_LOGON_FAILED",
             "its account could not log on; set it to NT AUTHORITY\\NetworkService"},
    ExitCode{1070, "ERROR_SERVICE_START_HANG", "the service hung while it started"},
    ExitCode{1075, "ERROR_SERVICE_DEPENDENCY_DELETED", "a service that it depends on does not exist"},
    ExitCode{1077, "ERROR_SERVICE_NEVER_STARTED", "the service has not been started since Windows started"},
    ExitCode{1079, "ERROR_DIFFERENT_SERVICE_ACCOUNT", "its account differs from that of the process it shares"},
    ExitCode{1753, "EPT_S_NOT_REGISTERED", "an RPC endpoint is missing; check RpcSs and RpcEptMapper"},
};

// Lower case without blanks: Windows writes "NT AUTHORITY\NETWORK SERVICE" and "NT Authority\NetworkService" alike.
std::string folded(std::string_view name) {
    std::string result;
    for (const char c : name)
        if (c != ' ')
            result.push_back(lower(c));
    return result;
}

} // namespace

const char* words(ServiceState state) {
    switch (state) {
    case ServiceState::stopped:
        return "stopped";
    case ServiceState::start_pending:
        return "starting";
    case ServiceState::stop_pending:
        return "stopping";
    case ServiceState::running:
        return "running";
    case ServiceState::continue_pending:
        return "continuing";
    case ServiceState::pause_pending:
        return "pausing";
    case ServiceState::paused:
        return "paused";
    case ServiceState::unknown:
        return "in an unknown state";
    }
    return "in an unknown state";
}

CommandLine parse_command_line(std::string_view text) {
    const std::string line = lower(text);
    CommandLine result;
    std::size_t end = 0;
    if (!line.empty() && line.front() == '"') {
        end = std::min(line.find('"', 1), line.size());
        result.image = line.substr(1, end - 1);
    } else {
        end = std::min(line.find(' '), line.size());
        result.image = line.substr(0, end);
    }
    const std::string arguments = line.substr(end) + " ";
    if (const auto flag = arguments.find(" -k "); flag != std::string::npos) {
        const auto begin = std::min(arguments.find_first_not_of(' ', flag + 4), arguments.size());
        result.group = arguments.substr(begin, arguments.find(' ', begin) - begin);
    }
    return result;
}

std::optional<bool> is_system_file(std::string_view path, std::string_view file, const Result<std::string>& root) {
    const std::string given = lower(path), tail = R"(\system32\)" + std::string(file);
    if (given == "%systemroot%" + tail || given == "%windir%" + tail)
        return true;
    if (root)
        return given == lower(*root) + tail;
    return given.size() >= tail.size() && given.compare(given.size() - tail.size(), tail.size(), tail) == 0
               ? std::nullopt
               : std::optional<bool>(false);
}

// https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_status
std::string explain_exit_code(std::uint32_t code, std::uint32_t specific) {
    constexpr std::uint32_t service_specific = 1066;
    if (code == service_specific)
        return "1066 (ERROR_SERVICE_SPECIFIC_ERROR): the service ended with its own error " + std::to_string(specific);
    for (const ExitCode& row : exit_codes)
        if (row.code == code)
            return std::to_string(code) + " (" + row.name + "): " + row.meaning;
    return std::to_string(code);
}

// https://learn.microsoft.com/windows/win32/services/networkservice-account
Account account_of(std::string_view name) {
    const std::string account = folded(name);
    const auto begins = [&account](std::string_view start) { return account.compare(0, start.size(), start) == 0; };
    if (account == R"(ntauthority\networkservice)" || account == "s-1-5-20")
        return Account::network_service;
    // The well-known names in English, a local account, a user principal name and other SIDs are surely another one. A
    // name such as X\Y may be a domain user or NT AUTHORITY\NetworkService in another language.
    if (begins(R"(ntauthority\)") || begins(R"(ntservice\)") || begins(R"(.\)") || begins("s-1-") ||
        account == "localsystem" || account.find('@') != std::string::npos)
        return Account::other;
    return Account::unknown;
}

// https://learn.microsoft.com/windows/win32/services/service-user-accounts
bool has_no_password(std::string_view name) {
    const std::string account = folded(name);
    return account == "localsystem" || account == R"(.\localsystem)" || account == R"(ntauthority\system)" ||
           account == R"(ntauthority\localservice)" || account == R"(ntauthority\networkservice)" ||
           account == "s-1-5-18" || account == "s-1-5-19" || account == "s-1-5-20";
}

// SERVICE_DRIVER: https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-query_service_configw
bool can_be_enabled(const Dependency& dependency) {
    constexpr std::uint32_t any_driver = 0x0F;
    return dependency.declared && dependency.service && dependency.service->start == StartType::disabled &&
           (dependency.service->type & any_driver) == 0;
}

// SERVICE_ACCEPT_STOP: https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_status
HungCure cure_of_hung(const Facts& facts) {
    constexpr std::uint32_t accepts_stop = 1, share_process = 0x20;
    if (!facts.term_service)
        return HungCure::none;
    const ServiceFacts& service = *facts.term_service;
    if (service.services_in_process > 1)
        return (service.type & share_process) != 0 ? HungCure::own_process : HungCure::none;
    if (service.services_in_process == 0)
        return HungCure::none;
    if ((service.accepted & accepts_stop) != 0)
        return HungCure::restart;
    const bool pending = service.state == ServiceState::start_pending || service.state == ServiceState::stop_pending;
    return pending && facts.process && facts.process->started ? HungCure::end_process : HungCure::none;
}

bool is_pending(ServiceState state) {
    switch (state) {
    case ServiceState::start_pending:
    case ServiceState::stop_pending:
    case ServiceState::continue_pending:
    case ServiceState::pause_pending:
        return true;
    case ServiceState::stopped:
    case ServiceState::running:
    case ServiceState::paused:
    case ServiceState::unknown:
        return false;
    }
    return false;
}

RdpSwitch rdp_switch(const Facts& facts) {
    if (!facts.deny_connections)
        return RdpSwitch::unknown;
    if (facts.deny_connections->value == 0)
        return RdpSwitch::on;
    return facts.deny_connections->value == 1 ? RdpSwitch::off : RdpSwitch::unknown;
}

} // namespace rdpmedic::termservice
