// What does the service control manager say about a service?
#pragma once

#include "probes/facts/basic.hpp"

namespace rdpmedic {

enum class ServiceState {
    stopped,
    start_pending,
    stop_pending,
    running,
    continue_pending,
    pause_pending,
    paused,
    unknown
};
enum class StartType { boot, system, automatic, manual, disabled, unknown };

// QueryServiceStatusEx and QueryServiceConfig of one service.
struct ServiceFacts {
    std::string name;
    ServiceState state = ServiceState::unknown;
    StartType start = StartType::unknown;
    std::uint32_t type = 0;                // as configured: SERVICE_WIN32_OWN_PROCESS 0x10, _SHARE_PROCESS 0x20
    std::uint32_t process_id = 0;          // 0 when not running
    std::uint32_t services_in_process = 0; // services with the same process id; 0 when not running or not known
    std::uint32_t exit_code = 0;           // dwWin32ExitCode
    std::uint32_t specific_exit_code = 0;
    std::uint32_t checkpoint = 0;
    std::uint32_t wait_hint = 0; // milliseconds
    std::uint32_t accepted = 0;  // SERVICE_ACCEPT_*: STOP is 1
    std::string account;         // "NT AUTHORITY\\NetworkService"
    std::string binary_path;
    std::vector<std::string> depends_on;
    std::vector<std::string> dependents; // services that depend on this one, in the order in which to stop them
};

// EnumServicesStatusEx, drivers included. `type` has SERVICE_KERNEL_DRIVER 1, _FILE_SYSTEM_DRIVER 2, _WIN32 0x30.
struct ServiceSummary {
    std::string name;
    std::string display_name; // localised: for people, never to compare with
    std::uint32_t type = 0;
    ServiceState state = ServiceState::unknown;
    std::uint32_t process_id = 0;
};

} // namespace rdpmedic
