// What would start Remote Desktop's services again, with the least damage?
#include "agent/repair/plan_termservice.hpp"

#include "probes/termservice_restart.hpp"
#include "probes/termservice_words.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using termservice::Dependency;
using termservice::Facts;
using termservice::HungCure;
using termservice::RdpSwitch;

constexpr const char* own_account = R"(NT AUTHORITY\NetworkService)";

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

void say(Rung& rung, const std::string& why) { rung.why += (rung.why.empty() ? "" : "; ") + why; }

// Disabled is the only start type that is a fault; whatever else is set stays.
void enable(const char* name, const Result<ServiceFacts>& service, Rung& rung) {
    if (!service || service->start != StartType::disabled)
        return;
    rung.changes.push_back(SetServiceStart{name, StartType::manual});
    say(rung, std::string(name) + " is disabled");
}

// The start types that Windows installs; what is not in the list starts when TermService asks for it.
// https://learn.microsoft.com/windows-server/security/windows-services/security-guidelines-for-disabling-system-services-in-windows-server
StartType usual_start(std::string_view name) {
    const std::string service = lower(name);
    for (const char* automatic : {"rpcss", "rpceptmapper", "dcomlaunch", "lsm", "cryptsvc", "lanmanworkstation"})
        if (service == automatic)
            return StartType::automatic;
    return StartType::manual;
}

void enable_dependencies(const Facts& facts, Rung& rung) {
    for (const Dependency& dependency : facts.dependencies) {
        if (!termservice::can_be_enabled(dependency))
            continue;
        rung.changes.push_back(SetServiceStart{dependency.name, usual_start(dependency.name)});
        if (dependency.service->state == ServiceState::stopped)
            rung.changes.push_back(SetServiceState{dependency.name, ServiceState::running});
        say(rung, dependency.name + ", on which TermService depends, is disabled");
    }
}

bool has_wrong_account(const Facts& facts) {
    return facts.term_service && termservice::account_of(facts.term_service->account) == termservice::Account::other;
}

// Whatever else keeps TermService from starting has to go first: a start that fails would take the rest back with it.
bool may_start(const std::vector<Finding>& findings) {
    return std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.code == "termservice.not_running" && finding.repair.empty();
    });
}

Rung enable_and_start(const Facts& facts, bool start) {
    Rung rung{"start", "Enable and start the services of Remote Desktop", ""};
    enable_dependencies(facts, rung);
    if (has_wrong_account(facts) && termservice::has_no_password(facts.term_service->account)) {
        rung.changes.push_back(SetServiceAccount{services::term_service, own_account});
        say(rung, "TermService is set to run as " + facts.term_service->account);
        if (facts.term_service->state == ServiceState::running)
            rung.title += "; the account counts from the next start of TermService";
    }
    enable(services::term_service, facts.term_service, rung);
    enable(services::session_env, facts.session_env, rung);
    enable(services::um_rdp_service, facts.um_rdp_service, rung);
    if (start && facts.term_service && facts.term_service->state == ServiceState::stopped) {
        rung.changes.push_back(SetServiceState{services::term_service, ServiceState::running});
        say(rung, "TermService is stopped");
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

// Those that run go on running while the process ends; starting what runs does nothing.
Rung end_process(const TermservicePlanInput& input, const Finding& hung) {
    const ServiceFacts& service = *input.facts.term_service;
    Rung rung{"end-process",
              "End the process of TermService and start it again",
              hung.text,
              {EndServiceProcess{services::term_service, service.process_id, input.facts.process->started},
               SetServiceState{services::term_service, ServiceState::running}},
              sessions_are_disconnected,
              true};
    const auto& dependents = input.services.dependents;
    for (auto dependent = dependents.rbegin(); dependent != dependents.rend(); ++dependent)
        if (dependent->second && dependent->second->state == ServiceState::running)
            rung.changes.push_back(SetServiceState{dependent->first, ServiceState::running});
    rung.undo = "TermService is started again; what it was doing when it hung is lost";
    return rung;
}

Rung own_process(const Finding& hung) {
    Rung rung{"own-process",
              "Give TermService a process of its own from the next start of Windows on",
              hung.text + "; ending the process would end the other services in it",
              {SetServiceType{services::term_service, 0x10}},
              "none until Windows is restarted, which this repair does not do"};
    rung.takes_effect_at_restart = true;
    return rung;
}

// Empty: a rung was added.
std::string add_cure_of_hung(const TermservicePlanInput& input, const Finding& hung, Plan& plan) {
    switch (termservice::cure_of_hung(input.facts)) {
    case HungCure::restart: {
        Restart restart = restart_term_service(input.services);
        if (restart.obstacle.empty())
            plan.rungs.push_back(restart_rung(std::move(restart), hung.text));
        return restart.obstacle;
    }
    case HungCure::end_process:
        plan.rungs.push_back(end_process(input, hung));
        return {};
    case HungCure::own_process:
        plan.rungs.push_back(own_process(hung));
        return {};
    case HungCure::none:
        break;
    }
    const auto& service = input.facts.term_service;
    if (service && service->services_in_process == 1 && !input.facts.process)
        return "TermService hangs, and when its process began is not known, so that another one could be ended in its "
               "place (" +
               describe(input.facts.process.error()) + "); restart Windows.";
    return "TermService hangs, and it is not known that its process serves nothing else; restart Windows.";
}

bool is_own(const Finding& finding) {
    for (const char* code :
         {"termservice.not_running", "termservice.disabled", "termservice.sessionenv_disabled",
          "termservice.umrdpservice_disabled", "termservice.dependency_disabled", "termservice.wrong_account"})
        if (finding.code == code)
            return true;
    return false;
}

std::string why_not(const Facts& facts, const Finding& finding) {
    if (finding.code == "termservice.wrong_account")
        return "TermService is set to run as " + facts.term_service->account +
               ", whose password is not known here, so that it could not be set back: set it to " + own_account +
               " by hand.";
    if (finding.code == "termservice.dependency_disabled")
        return finding.subject +
               " is disabled, and what its start type should be is not known: compare it with a host of "
               "the same version of Windows.";
    return finding.text + "; the other findings say what keeps it from starting.";
}

// That a TermService which runs does not answer is in no fact of its probe. A handshake shows it, and plans are made
// too often for one, since each leaves events on the host: somebody has to ask.
Plan plan_asked_restart(const TermservicePlanInput& input) {
    Plan plan;
    plan.repair = "termservice";
    plan.asked_for = "TermService restarted";
    plan.done_when_made = true;
    if (!may_run(input.facts, plan))
        return plan;
    Restart restart{{}, termservice::why_not_restarted(input.facts, input.on_port)};
    if (restart.obstacle.empty())
        restart = restart_term_service(input.services);
    if (!restart.obstacle.empty()) {
        plan.obstacles.push_back(std::move(restart.obstacle));
        return plan;
    }
    std::string why = "asked for";
    if (!input.on_port)
        why += "; who holds the port of the listener is not known: " + describe(input.on_port.error());
    plan.rungs.push_back(restart_rung(std::move(restart), std::move(why)));
    plan.sessions = cut_off_by_restart(input.sessions);
    return plan;
}

Plan plan_found(const TermservicePlanInput& input) {
    Plan plan;
    plan.repair = "termservice";
    const Finding* hung = hung_finding(input.findings);
    Cases cases;
    bool any = false;
    for (const Finding& finding : input.findings) {
        if (finding.repair == plan.repair && &finding != hung)
            cases.curable(finding);
        else if (is_own(finding) && finding.severity == Severity::critical)
            cases.hindered(finding, why_not(input.facts, finding));
        else if (&finding != hung)
            continue;
        any = true;
    }
    if (!any || !may_run(input.facts, plan)) {
        cases.settle(plan);
        return plan;
    }
    if (is_unreadable(input.facts.term_service))
        plan.obstacles.push_back("TermService could not be read: " + describe(input.facts.term_service.error()));
    if (Rung start = enable_and_start(input.facts, may_start(input.findings)); !start.changes.empty())
        plan.rungs.push_back(std::move(start));
    if (hung != nullptr) {
        const std::string obstacle = add_cure_of_hung(input, *hung, plan);
        if (obstacle.empty())
            cases.curable(*hung);
        else
            cases.hindered(*hung, obstacle);
    }
    cases.settle(plan);
    if (std::any_of(plan.rungs.begin(), plan.rungs.end(), [](const Rung& rung) { return rung.disconnects_sessions; }))
        plan.sessions = cut_off_by_restart(input.sessions);
    return plan;
}

} // namespace

Plan plan_termservice(const TermservicePlanInput& input) {
    return flag_of(input.options, "restart") ? plan_asked_restart(input) : plan_found(input);
}

std::vector<OptionSpec> termservice_options() {
    return {{"restart", OptionSpec::Kind::flag,
             "restart TermService, which runs and does not answer; disconnects every RDP session"}};
}

} // namespace rdpmedic
