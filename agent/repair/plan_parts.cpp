// What do the plans of the repairs have in common?
#include "agent/repair/plan_parts.hpp"

#include <algorithm>
#include <iterator>

namespace rdpmedic {

namespace {

// SERVICE_ACCEPT_STOP: https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_status
constexpr std::uint32_t accepts_stop = 1;

bool is_cut_off(const Session& session) {
    if (session.station == "Console" || session.id == 0)
        return false;
    switch (session.state) {
    case SessionState::active:
    case SessionState::connected:
    case SessionState::connect_query:
    case SessionState::shadow:
        return true;
    case SessionState::disconnected: // has no connection to lose, and waits to be resumed
    case SessionState::idle:
    case SessionState::listen:
    case SessionState::reset:
    case SessionState::down:
    case SessionState::init:
        return false;
    case SessionState::unknown:
        return true;
    }
    return true;
}

std::string name_for_people(const Session& session) {
    const std::string user = session.user.empty()     ? "nobody logged on"
                             : session.domain.empty() ? session.user
                                                      : session.domain + "\\" + session.user;
    return user + " (session " + std::to_string(session.id) + ", " + session.station +
           (session.client.empty() ? "" : ", from " + session.client) + ")";
}

} // namespace

std::vector<Finding> called_for(const std::vector<Finding>& findings, std::string_view repair) {
    std::vector<Finding> result;
    std::copy_if(findings.begin(), findings.end(), std::back_inserter(result),
                 [&](const Finding& finding) { return finding.repair == repair; });
    return result;
}

std::vector<std::string> cut_off_by_restart(const Result<std::vector<Session>>& sessions) {
    if (!sessions)
        return {"sessions that could not be read: " + describe(sessions.error())};
    std::vector<std::string> result;
    for (const Session& session : *sessions)
        if (is_cut_off(session))
            result.push_back(name_for_people(session));
    return result;
}

Restart restart_term_service(const Result<ServiceFacts>& term_service, const Result<ServiceFacts>& um_rdp_service) {
    if (!term_service)
        return {{}, "TermService could not be read: " + describe(term_service.error())};
    if (is_unreadable(um_rdp_service))
        return {{}, "UmRdpService could not be read: " + describe(um_rdp_service.error())};
    if ((term_service->accepted & accepts_stop) == 0)
        return {{}, "TermService does not accept a stop now, so it cannot be restarted; the host must be restarted."};
    // 0 in a running process: Windows did not tell, and what was not counted may be many.
    if (term_service->services_in_process == 0 && term_service->process_id != 0)
        return {{},
                "how many services share the process of TermService could not be read, and a hung stop would take them "
                "along; the host must be restarted."};
    if (term_service->services_in_process > 1)
        return {{},
                "TermService shares its process with " + std::to_string(term_service->services_in_process - 1) +
                    " other services, which a hung stop would take along; the host must be restarted."};
    const bool redirector = um_rdp_service && um_rdp_service->state == ServiceState::running;
    Restart restart;
    if (redirector)
        restart.changes.push_back(SetServiceState{services::um_rdp_service, ServiceState::stopped});
    restart.changes.push_back(SetServiceState{services::term_service, ServiceState::stopped});
    restart.changes.push_back(SetServiceState{services::term_service, ServiceState::running});
    if (redirector)
        restart.changes.push_back(SetServiceState{services::um_rdp_service, ServiceState::running});
    return restart;
}

} // namespace rdpmedic
