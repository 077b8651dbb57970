// Would TermService come back when it is restarted, and would that cure anything?
#include "probes/termservice_restart.hpp"

#include "probes/listener.hpp"
#include "probes/termservice_words.hpp"

namespace rdpmedic::termservice {
namespace {

// SERVICE_ACCEPT_STOP: https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_status
constexpr std::uint32_t accepts_stop = 1;

bool is_disabled(const Result<ServiceFacts>& service) { return service && service->start == StartType::disabled; }

// What counts from the next start on, and the repair without the restart cures. Empty: nothing.
std::string cured_without_restart(const Facts& facts) {
    if (is_disabled(facts.term_service))
        return "it is disabled";
    if (account_of(facts.term_service->account) == Account::other)
        return "it is set to run as " + facts.term_service->account;
    for (const Dependency& dependency : facts.dependencies)
        if (dependency.declared && is_disabled(dependency.service) &&
            dependency.service->state != ServiceState::running)
            return "the service " + dependency.name + ", on which it depends, is disabled";
    return {};
}

// "ssh.exe (process id 77)" where other programs hold the port and TermService does not.
std::string other_holder(const Facts& facts, const Result<std::vector<TcpListener>>& on_port) {
    if (!on_port)
        return {};
    const listener::Holders holders = listener::holders_of(*on_port, facts.term_service);
    if (!holders.own.empty() || holders.foreign.empty())
        return {};
    const TcpListener& holder = holders.foreign.front();
    return (holder.process.empty() ? "another program" : holder.process) + " (process id " +
           std::to_string(holder.process_id) + ")";
}

} // namespace

std::string start_blocker(const Facts& facts) {
    for (const Dependency& dependency : facts.dependencies) {
        if (!dependency.declared)
            continue;
        const std::string which = "the service " + dependency.name + ", on which it depends, ";
        if (is_absent(dependency.service))
            return which + "does not exist";
        if (is_disabled(dependency.service) && !can_be_enabled(dependency))
            return which + "is disabled";
    }
    if (facts.term_service && account_of(facts.term_service->account) == Account::other &&
        !has_no_password(facts.term_service->account))
        return "it is set to run as " + facts.term_service->account;
    if (is_absent(facts.service_dll_file))
        return "its program (ServiceDll) does not exist";
    return {};
}

std::string restart_obstacle(const Result<ServiceFacts>& term_service) {
    if (!term_service)
        return "TermService could not be read: " + describe(term_service.error());
    if ((term_service->accepted & accepts_stop) == 0)
        return "TermService does not accept a stop now, so it cannot be restarted; the host must be restarted.";
    // 0 in a running process: Windows did not tell, and what was not counted may be many.
    if (term_service->services_in_process == 0 && term_service->process_id != 0)
        return "how many services share the process of TermService could not be read, and a hung stop would take them "
               "along; the host must be restarted.";
    if (term_service->services_in_process > 1)
        return "TermService shares its process with " + std::to_string(term_service->services_in_process - 1) +
               " other services, which a hung stop would take along; the host must be restarted.";
    return {};
}

std::string why_not_restarted(const Facts& facts, const Result<std::vector<TcpListener>>& on_port) {
    const Result<ServiceFacts>& service = facts.term_service;
    if (!service)
        return restart_obstacle(service);
    if (service->state != ServiceState::running)
        return std::string("TermService is ") + words(service->state) +
               ", so that there is nothing to restart: ask without restart, which does what its findings call for.";
    if (const std::string blocker = start_blocker(facts); !blocker.empty())
        return "TermService would not start again, because " + blocker + ": a restart cures nothing.";
    if (const std::string first = cured_without_restart(facts); !first.empty())
        return "TermService would not start again as it is now, because " + first +
               ": ask without restart first, which puts that right.";
    if (const std::string holder = other_holder(facts, on_port); !holder.empty())
        return holder + " holds the port of the listener, so that a restart of TermService cures nothing: free the "
                        "port first.";
    return restart_obstacle(service);
}

} // namespace rdpmedic::termservice
