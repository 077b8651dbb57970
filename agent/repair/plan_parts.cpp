// What do the plans of the repairs have in common?
#include "agent/repair/plan_parts.hpp"

#include "probes/handshake.hpp"
#include "probes/letter_case.hpp"
#include "probes/listener.hpp"
#include "probes/sessions.hpp"
#include "probes/termservice_restart.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace rdpmedic {

namespace {

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
    return user + " (session " + std::to_string(session.id) + ", " + session.station + ", " +
           sessions::name_of(session.state) + (session.client.empty() ? "" : ", from " + session.client) + ")";
}

} // namespace

std::string free_backup_name(const Host& host, const std::string& file, Time now) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(now)};
    char suffix[32];
    std::snprintf(suffix, sizeof suffix, ".bak-%04d%02u%02u", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    for (int number = 1; number < 100; ++number) {
        const std::string name = file + suffix + (number == 1 ? "" : "-" + std::to_string(number));
        const auto taken = host.file(name);
        if (is_absent(taken))
            return name;
        if (!taken)
            return {};
    }
    return {};
}

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

TermServices read_term_services(const Host& host) {
    TermServices read{host.service(services::term_service)};
    const auto is_redirector = [](const std::string& name) {
        return same_ignoring_case(name, services::um_rdp_service);
    };
    std::vector<std::string> names;
    if (read.term_service)
        names = read.term_service->dependents;
    if (std::none_of(names.begin(), names.end(), is_redirector))
        names.insert(names.begin(), services::um_rdp_service);
    for (const std::string& name : names)
        read.dependents.emplace_back(name, host.service(name));
    read.elsewhere = listens_elsewhere(host, read.term_service);
    return read;
}

std::vector<TcpListener> listens_elsewhere(const Host& host, const Result<ServiceFacts>& term_service) {
    if (!term_service || term_service->state != ServiceState::running)
        return {};
    const Result<std::uint16_t> port = handshake::listener_port(host);
    const auto listeners = host.tcp_listeners();
    if (!port || !listeners)
        return {};
    return listener::still_elsewhere(*listeners, term_service, *port);
}

std::string disruption_of_restart(const std::vector<TcpListener>& elsewhere) {
    const std::string sessions = sessions_are_disconnected;
    if (elsewhere.empty())
        return sessions;
    return sessions + "; TermService then listens on the port that is set, and no longer on TCP " +
           std::to_string(elsewhere.front().port) +
           ": let the new port in through the firewall first, or nobody gets in";
}

Restart restart_term_service(const TermServices& read) {
    Restart restart;
    restart.obstacle = termservice::restart_obstacle(read.term_service);
    std::vector<Change> starts;
    for (const auto& [name, service] : read.dependents) {
        if (is_unreadable(service) && restart.obstacle.empty())
            restart.obstacle = name + " could not be read: " + describe(service.error());
        if (!service || service->state != ServiceState::running)
            continue;
        restart.changes.push_back(SetServiceState{name, ServiceState::stopped});
        starts.insert(starts.begin(), SetServiceState{name, ServiceState::running});
    }
    if (!restart.obstacle.empty())
        return {{}, restart.obstacle};
    restart.disruption = disruption_of_restart(read.elsewhere);
    restart.changes.push_back(SetServiceState{services::term_service, ServiceState::stopped});
    restart.changes.push_back(SetServiceState{services::term_service, ServiceState::running});
    restart.changes.insert(restart.changes.end(), starts.begin(), starts.end());
    return restart;
}

Rung restart_rung(Restart restart, std::string why) {
    Rung rung{
        "restart", "Restart TermService", std::move(why), std::move(restart.changes), std::move(restart.disruption),
        true};
    rung.undo = "none needed: the services run again";
    return rung;
}

void Cases::curable(const Finding& finding) { curable_.push_back(finding); }

void Cases::hindered(const Finding& finding, std::string obstacle) {
    hindered_.push_back(finding);
    if (std::find(obstacles_.begin(), obstacles_.end(), obstacle) == obstacles_.end())
        obstacles_.push_back(std::move(obstacle));
    if (policy_.empty())
        policy_ = finding.policy;
}

void Cases::settle(Plan& plan) const {
    const std::vector<Finding>& own = curable_.empty() && plan.rungs.empty() ? hindered_ : curable_;
    plan.cures.insert(plan.cures.end(), own.begin(), own.end());
    plan.obstacles.insert(plan.obstacles.end(), obstacles_.begin(), obstacles_.end());
    if (plan.blocked_by_policy.empty())
        plan.blocked_by_policy = policy_;
}

} // namespace rdpmedic
