// What do the plans of the repairs have in common?
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/host.hpp"

#include <utility>

namespace rdpmedic {

// Names of services: never localised, compared without case.
namespace services {
inline constexpr const char* term_service = "TermService";
inline constexpr const char* session_env = "SessionEnv";
inline constexpr const char* um_rdp_service = "UmRdpService";
} // namespace services

// A name beside `file` that no file has: "<file>.bak-20260115". The day, not the second: the same plan keeps the same
// hash. Empty where that could not be told. Blocks as the host does.
std::string free_backup_name(const Host& host, const std::string& file, Time now);

// Those findings that name `repair` as their cure.
std::vector<Finding> called_for(const std::vector<Finding>& findings, std::string_view repair);

// Who is cut off when TermService stops, for people. Sessions that could not be read give one line that says so: not
// known is not nobody. The console stays: it does not come through the listener.
std::vector<std::string> cut_off_by_restart(const Result<std::vector<Session>>& sessions);

// TermService and every service that depends on it, in the order in which to stop them: those that Windows names, and
// UmRdpService where it exists and Windows does not name it.
struct TermServices {
    Result<ServiceFacts> term_service;
    std::vector<std::pair<std::string, Result<ServiceFacts>>> dependents{};
    std::vector<TcpListener> elsewhere{}; // see listens_elsewhere
};
// Blocks as the host does. What could not be read is inside.
TermServices read_term_services(const Host& host);

// Where a TermService that runs listens in place of the port that is set (listener::still_elsewhere): a restart moves
// it there. Empty also where that is not known. Blocks as the host does.
std::vector<TcpListener> listens_elsewhere(const Host& host, const Result<ServiceFacts>& term_service);
// What a restart of TermService cuts off. MEM: that the sessions stay, disconnected, and can be resumed.
inline constexpr const char* sessions_are_disconnected = "all RDP sessions are disconnected; they can be resumed";
std::string disruption_of_restart(const std::vector<TcpListener>& elsewhere);

// Changes that restart TermService: whatever depends on it and runs is stopped first and started afterwards, because
// the service control manager does not start it again. Obstacle instead of changes where that must not or cannot be
// done. https://learn.microsoft.com/windows/win32/services/stopping-a-service
struct Restart {
    std::vector<Change> changes; // empty: see obstacle
    std::string obstacle;
    std::string disruption{};
};
Restart restart_term_service(const TermServices& services);

// A rung that restarts TermService. Its changes are those of `restart`, which has no obstacle.
Rung restart_rung(Restart restart, std::string why);

// What a repair is about, sorted: what it can cure, and what hinders it at the rest.
class Cases {
  public:
    void curable(const Finding& finding);
    // `obstacle`: why, and what to do, for people. A finding that a policy owns names it for the plan.
    void hindered(const Finding& finding, std::string obstacle);
    // Only what can be cured is waited for, or a repair of one fault would be taken back for another. Where nothing can
    // be done, the hindered findings are the plan's own, so that it is refused and not called unneeded. When the rungs
    // stand.
    void settle(Plan& plan) const;

  private:
    std::vector<Finding> curable_, hindered_;
    std::vector<std::string> obstacles_;
    std::string policy_;
};

} // namespace rdpmedic
