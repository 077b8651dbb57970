// How does rdpmedic become a service, and one that can do no more than it must?
#pragma once

#include "probes/result.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rdpmedic {

inline constexpr char service_name[] = "rdpmedic";

// Creates the service, or updates the one that is there: own process, starts automatically, LocalSystem, depends on
// nothing it watches. Then as configure_service. Needs administrator rights. Blocks.
Result<std::vector<std::string>> install_service(const std::filesystem::path& program);

// All that LocalSystem keeps when it runs the service, by their names: "SeBackupPrivilege".
std::vector<std::string> required_privileges();

// Service SID, required privileges, restart after failures, description, and the event source. Returns what this
// Windows does not know how to set, for people; an error is for what it knows and refused.
// https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-changeserviceconfig2w
Result<std::vector<std::string>> configure_service(const std::filesystem::path& program);

// Removes the service and its event source; the data folder stays. The service must be stopped. not_found: not there.
Result<> uninstall_service();

} // namespace rdpmedic
