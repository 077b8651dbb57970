// What would start Remote Desktop's services again, with the least damage?
#include "agent/repair/plan_termservice.hpp"

#include "agent/repair/plan_parts.hpp"

namespace rdpmedic {

namespace {

using termservice::Facts;
using termservice::RdpSwitch;

bool may_run(const Facts& facts, Plan& plan) {
    switch (termservice::rdp_switch(facts)) {
    case RdpSwitch::on:
        return true;
    case RdpSwitch::off:
        plan.obstacles.push_back("Remote Desktop is switched off (" +
                                 label(facts.deny_connections->key, facts.deny_connections->name) +
                                 " = 1). That is a choice, not a fault: switch it on first.");
        if (facts.deny_connections->from_policy)
            plan.blocked_by_policy = label(facts.deny_connections->key, facts.deny_connections->name);
        return false;
    case RdpSwitch::unknown:
        break;
    }
    plan.obstacles.push_back(
        "Whether Remote Desktop is switched on is not known" +
        (facts.deny_connections ? std::string(".") : ": " + describe(facts.deny_connections.error()) + "."));
    return false;
}

// Disabled is the only start type that is a fault; whatever else is set stays.
void enable(const char* name, const Result<ServiceFacts>& service, Rung& rung) {
    if (!service || service->start != StartType::disabled)
        return;
    rung.changes.push_back(SetServiceStart{name, StartType::manual});
    rung.why += std::string(rung.why.empty() ? "" : "; ") + name + " is disabled";
}

Rung enable_and_start(const Facts& facts) {
    Rung rung{"start", "Enable and start the services of Remote Desktop", "", {}, "none", false, {}, false};
    enable(services::term_service, facts.term_service, rung);
    enable(services::session_env, facts.session_env, rung);
    enable(services::um_rdp_service, facts.um_rdp_service, rung);
    if (facts.term_service && facts.term_service->state == ServiceState::stopped) {
        rung.changes.push_back(SetServiceState{services::term_service, ServiceState::running});
        rung.why += std::string(rung.why.empty() ? "" : "; ") + "TermService is stopped";
    }
    return rung;
}

// A service that only starts is not hung: the judge says so by the age of the state.
const Finding* hung_finding(const std::vector<Finding>& findings) {
    for (const Finding& finding : findings)
        if (finding.code == "termservice.hung" && finding.subject.rfind(services::term_service, 0) == 0)
            return &finding;
    return nullptr;
}

} // namespace

Plan plan_termservice(const Facts& facts, const std::vector<Finding>& findings,
                      const Result<std::vector<Session>>& sessions) {
    Plan plan;
    plan.repair = "termservice";
    plan.cures = called_for(findings, plan.repair);
    const Finding* hung = hung_finding(findings);
    if (hung != nullptr && hung->repair.empty())
        plan.cures.push_back(*hung);
    if (plan.cures.empty() || !may_run(facts, plan))
        return plan;
    if (is_unreadable(facts.term_service))
        plan.obstacles.push_back("TermService could not be read: " + describe(facts.term_service.error()));

    Rung start = enable_and_start(facts);
    if (!start.changes.empty())
        plan.rungs.push_back(std::move(start));
    if (hung != nullptr) {
        Restart restart = restart_term_service(facts.term_service, facts.um_rdp_service);
        if (restart.obstacle.empty())
            plan.rungs.push_back({"restart", "Restart TermService", hung->text, std::move(restart.changes),
                                  "all RDP sessions are disconnected; they can be resumed", true, std::nullopt, false});
        else
            plan.obstacles.push_back(restart.obstacle);
    }
    for (const Rung& rung : plan.rungs)
        if (rung.disconnects_sessions)
            plan.sessions = cut_off_by_restart(sessions);
    return plan;
}

} // namespace rdpmedic
