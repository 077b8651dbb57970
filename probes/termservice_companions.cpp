// What keeps the services beside TermService from starting?
#include "probes/letter_case.hpp"
#include "probes/termservice_words.hpp"

#include <algorithm>

namespace rdpmedic::termservice {

bool is_judged_alone(std::string_view name) {
    return same_ignoring_case(name, "TermService") || same_ignoring_case(name, "SessionEnv") ||
           same_ignoring_case(name, "UmRdpService");
}

// A companion that is disabled or off with Remote Desktop needs no further cause, and one of a TermService that does
// not run is not wanted: UmRdpService depends on it.
std::vector<CompanionDependency> collect_companion_dependencies(const Host& host, const Facts& facts) {
    std::vector<CompanionDependency> found;
    const bool wanted = facts.term_service && facts.term_service->state == ServiceState::running;
    if (!wanted || rdp_switch(facts) == RdpSwitch::off)
        return found;
    for (const Result<ServiceFacts>* companion : {&facts.session_env, &facts.um_rdp_service}) {
        if (!*companion || (*companion)->state != ServiceState::stopped || (*companion)->start == StartType::disabled)
            continue;
        for (const std::string& name : (*companion)->depends_on) {
            const auto known = [&name](const Dependency& dependency) { return lower(dependency.name) == lower(name); };
            if (name.empty() || name.front() == '+' || is_judged_alone(name) ||
                std::any_of(facts.dependencies.begin(), facts.dependencies.end(), known))
                continue;
            found.push_back(
                {companion == &facts.session_env ? "SessionEnv" : "UmRdpService", name, host.service(name)});
        }
    }
    return found;
}

// The service control manager starts neither companion without what it declares. No repair: the usual start type of
// what others declare is not known here.
std::vector<Finding> judge_companion_dependencies(const Facts& facts) {
    std::vector<Finding> findings;
    for (const auto& [companion, name, service] : facts.companion_dependencies) {
        if (is_unreadable(service)) {
            findings.push_back(unknown("termservice", name, service.error()));
        } else if (service && service->start == StartType::unknown) {
            findings.push_back(
                unknown("termservice", "start type of " + name, {Errc::malformed, 0, "service " + name}));
        } else if (is_absent(service) || service->start == StartType::disabled) {
            const bool makes_certificate = companion == "SessionEnv";
            findings.push_back({"termservice.companion_dependency",
                                makes_certificate ? Severity::critical : Severity::warning,
                                name + (service ? " is disabled" : " does not exist") + ", and " + companion +
                                    " does not start without it: " +
                                    (makes_certificate ? certificate_not_made : devices_not_redirected),
                                companion,
                                {service ? "service " + name + ": start type disabled" : describe(service.error()),
                                 "service " + companion + " depends on " + name}});
        }
    }
    return findings;
}

} // namespace rdpmedic::termservice
