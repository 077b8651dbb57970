// What do the plans that touch the listener's certificate have in common?
#include "agent/repair/plan_cert_parts.hpp"

#include "agent/repair/plan_parts.hpp"

namespace rdpmedic::cert_plan {

namespace {

const Result<ServiceFacts>* session_env(const cert::CertFacts& facts) {
    const auto found = facts.services.find(services::session_env);
    return found == facts.services.end() ? nullptr : &found->second;
}

} // namespace

void append(std::vector<Change>& to, const std::vector<Change>& changes) {
    to.insert(to.end(), changes.begin(), changes.end());
}

// MEM: a restart of SessionEnv leaves sessions as they are, so that plans say that it disrupts none.
std::vector<Change> around_session_env(const cert::CertFacts& facts, const std::vector<Change>& between,
                                       bool must_run) {
    const Result<ServiceFacts>* service = session_env(facts);
    const bool runs = service != nullptr && *service && (*service)->state == ServiceState::running;
    std::vector<Change> changes;
    if (runs)
        changes.push_back(SetServiceState{services::session_env, ServiceState::stopped});
    append(changes, between);
    if (runs || must_run)
        changes.push_back(SetServiceState{services::session_env, ServiceState::running});
    return changes;
}

std::string renewal_obstacle(const cert::CertFacts& facts) {
    if (!facts.connection_broker)
        return "Whether this host is an RD Connection Broker is not known: " +
               describe(facts.connection_broker.error());
    if (*facts.connection_broker)
        return "This host is an RD Connection Broker (service Tssdis); its certificates belong to the deployment.";
    const Result<ServiceFacts>* service = session_env(facts);
    if (service == nullptr || !*service)
        return "SessionEnv, which makes the new certificate, could not be read" +
               (service == nullptr ? std::string() : ": " + describe(service->error()));
    if ((*service)->start == StartType::disabled)
        return "SessionEnv, which makes the new certificate, is disabled: run the repair termservice first.";
    return {};
}

std::string add_restart(const Result<std::vector<Session>>& sessions, const Result<ServiceFacts>& term_service,
                        const Result<ServiceFacts>& um_rdp_service, const std::vector<TcpListener>& elsewhere,
                        Plan& plan) {
    if (!term_service || term_service->state != ServiceState::running)
        return {};
    Restart restart = restart_term_service({term_service, {{services::um_rdp_service, um_rdp_service}}, elsewhere});
    if (!restart.obstacle.empty())
        return restart.obstacle;
    plan.rungs.push_back({"restart", "Restart TermService",
                          "only when the listener does not take the cured certificate", std::move(restart.changes),
                          std::move(restart.disruption), true, std::nullopt, false});
    plan.sessions = cut_off_by_restart(sessions);
    return {};
}

} // namespace rdpmedic::cert_plan
