// What do the plans of the repairs have in common?
#pragma once

#include "agent/repair/desk.hpp"

namespace rdpmedic {

// Names of services: never localised, compared without case.
namespace services {
inline constexpr const char* term_service = "TermService";
inline constexpr const char* session_env = "SessionEnv";
inline constexpr const char* um_rdp_service = "UmRdpService";
} // namespace services

// Those findings that name `repair` as their cure.
std::vector<Finding> called_for(const std::vector<Finding>& findings, std::string_view repair);

// Who is cut off when TermService stops, for people. Sessions that could not be read give one line that says so: not
// known is not nobody. The console stays: it does not come through the listener.
std::vector<std::string> cut_off_by_restart(const Result<std::vector<Session>>& sessions);

// Changes that restart TermService: UmRdpService depends on it, and the service control manager does not start it
// again. Obstacle instead of changes where that must not or cannot be done.
// https://learn.microsoft.com/windows/win32/services/stopping-a-service
struct Restart {
    std::vector<Change> changes; // empty: see obstacle
    std::string obstacle;
};
Restart restart_term_service(const Result<ServiceFacts>& term_service, const Result<ServiceFacts>& um_rdp_service);

} // namespace rdpmedic
