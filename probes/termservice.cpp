// Do the services that carry Remote Desktop run, and will they start again?
#include "probes/termservice.hpp"

#include "probes/rdp_switch.hpp"
#include "probes/termservice_restart.hpp"
#include "probes/termservice_words.hpp"

#include <algorithm>

namespace rdpmedic::termservice {
namespace {

constexpr std::string_view id = "termservice";
constexpr const char* deny_name = "fDenyTSConnections";
constexpr const char* started_name = "RCDependentServices";

std::string evidence_of(const ServiceFacts& service) {
    std::string line = "service " + service.name + ": " + words(service.state);
    if (service.process_id != 0)
        line += ", process " + std::to_string(service.process_id);
    if (service.state == ServiceState::stopped)
        line += ", exit code " + explain_exit_code(service.exit_code, service.specific_exit_code);
    return line;
}

bool is_disabled(const Result<ServiceFacts>& service) { return service && service->start == StartType::disabled; }

// Collects the findings of one round.
class Judge {
  public:
    Judge(const Facts& facts, const JudgeContext& context)
        : facts_(facts), context_(context), rdp_(rdp_switch(facts)) {}

    std::vector<Finding> findings() {
        judge_switch();
        judge_term_service();
        judge_companion(facts_.session_env, "SessionEnv", "termservice.sessionenv_disabled", Severity::critical,
                        certificate_not_made);
        judge_companion(facts_.um_rdp_service, "UmRdpService", "termservice.umrdpservice_disabled", Severity::warning,
                        devices_not_redirected);
        if (is_unreadable(facts_.started_services))
            add_unknown(started_name, facts_.started_services.error());
        for (const Dependency& dependency : facts_.dependencies)
            judge_dependency(dependency);
        for (Finding& finding : judge_companion_dependencies(facts_))
            add(std::move(finding));
        return std::move(findings_);
    }

  private:
    // Nothing is a fault of a host on which Remote Desktop is switched off, and no repair is offered there: switching
    // it on is a decision about security.
    void add(Finding finding) {
        if (rdp_ == RdpSwitch::off)
            lower_to_note(finding);
        findings_.push_back(std::move(finding));
    }
    // Tampering is a fault whether Remote Desktop is on or not; what merely keeps TermService from starting is not.
    static Finding softened(Finding finding) {
        if (finding.severity == Severity::critical)
            finding.severity = Severity::info;
        return finding;
    }
    void add_unknown(std::string subject, const Error& error) { add(unknown(id, std::move(subject), error)); }

    std::string switch_evidence() const {
        if (!facts_.deny_connections)
            return std::string(deny_name) + ": " + describe(facts_.deny_connections.error());
        const Setting& setting = *facts_.deny_connections;
        return evidence_of(setting);
    }

    void judge_switch() {
        if (is_absent(facts_.deny_connections))
            return; // evidence only where it matters, see not_running
        const bool read = facts_.deny_connections || facts_.deny_connections.error().code == Errc::malformed;
        if (!read)
            return add_unknown(deny_name, facts_.deny_connections.error());
        if (rdp_ == RdpSwitch::unknown)
            return judge_invalid_switch();
        if (rdp_ == RdpSwitch::on)
            return;
        const Setting& setting = *facts_.deny_connections;
        Finding finding{"termservice.rdp_off", Severity::info,
                        setting.from_policy ? "Remote Desktop is switched off by Group Policy"
                                            : "Remote Desktop is switched off on this host"};
        finding.evidence = {switch_evidence()};
        if (setting.from_policy)
            finding.policy = label(setting.key, setting.name);
        add(std::move(finding));
    }

    // A number or a type that means nothing. What Windows does with it no document says, so that neither state is
    // taken. DERIVED: that it is a fault at all.
    void judge_invalid_switch() {
        const auto& deny = facts_.deny_connections;
        Finding finding{"termservice.rdp_switch_invalid", Severity::warning,
                        std::string(deny_name) + (deny ? " is neither 0 nor 1" : " does not have the type REG_DWORD") +
                            ", so that it is not known whether Remote Desktop is switched on: set it to 0 (on) or 1 "
                            "(off), as REG_DWORD",
                        deny_name};
        finding.evidence = {deny ? switch_evidence() : deny.error().where};
        const RegistryPath& policy = keys::terminal_services_policy;
        if (deny ? deny->from_policy : deny.error().where.find(policy.key) != std::string::npos)
            finding.policy = label(policy, deny_name);
        add(std::move(finding));
    }

    void judge_term_service() {
        if (is_absent(facts_.term_service))
            return add({"termservice.missing",
                        Severity::critical,
                        "the service TermService does not exist: this host cannot accept Remote Desktop connections",
                        "TermService",
                        {describe(facts_.term_service.error())}});
        if (!facts_.term_service)
            return add_unknown("TermService", facts_.term_service.error());
        const ServiceFacts& service = *facts_.term_service;
        judge_running(service);
        judge_start_type(service, "termservice.disabled", Severity::critical,
                         "no Remote Desktop connection can be made once it has stopped");
        judge_progress(service, Severity::critical);
        judge_exit_code(service);
        judge_account(service);
        for (Finding& finding : judge_parts(facts_))
            findings_.push_back(rdp_ == RdpSwitch::off ? softened(std::move(finding)) : std::move(finding));
        // Up to Windows 10 1607, and with little memory later, it does so on every client edition; it matters when the
        // process is to be ended because the service hangs.
        // https://learn.microsoft.com/windows/application-management/svchost-service-refactoring
        if (service.services_in_process > 1 && is_pending(service.state))
            add({"termservice.shared_process",
                 Severity::info,
                 "TermService shares its process with " + std::to_string(service.services_in_process - 1) +
                     (service.services_in_process == 2 ? " other service" : " other services") +
                     ", so that the process cannot be ended for it alone",
                 "TermService",
                 {evidence_of(service)}});
    }

    void judge_running(const ServiceFacts& service) {
        if (service.state == ServiceState::unknown)
            return add_unknown("state of TermService", {Errc::malformed, 0, "service TermService"});
        // On a host with Remote Desktop off it may well be stopped; rdp_off says so.
        if ((service.state != ServiceState::stopped && service.state != ServiceState::paused) || rdp_ == RdpSwitch::off)
            return;
        Finding finding{"termservice.not_running",
                        rdp_ == RdpSwitch::on ? Severity::critical : Severity::warning,
                        std::string("TermService is ") + words(service.state) +
                            ": no Remote Desktop connection can be made",
                        "TermService",
                        {evidence_of(service), switch_evidence()}};
        // What blocks its start has a finding of its own.
        if (service.state == ServiceState::stopped && start_blocker(facts_).empty())
            finding.repair = "termservice";
        add(std::move(finding));
    }

    void judge_start_type(const ServiceFacts& service, const char* code, Severity severity, const char* consequence) {
        if (service.start == StartType::unknown)
            return add_unknown("start type of " + service.name, {Errc::malformed, 0, "service " + service.name});
        if (service.start != StartType::disabled)
            return;
        Finding finding{code,
                        severity,
                        service.name + " is disabled: " + consequence,
                        service.name,
                        {"service " + service.name + ": start type disabled", evidence_of(service)}};
        finding.repair = "termservice";
        add(std::move(finding));
    }

    // The subject holds whatever shows progress, so that the clock of the finding starts anew when there is some. The
    // service control manager itself gives up after 80 seconds plus the last wait hint:
    // https://learn.microsoft.com/windows/win32/services/service-startup
    void judge_progress(const ServiceFacts& service, Severity when_hung) {
        if (!is_pending(service.state))
            return;
        const std::string subject = service.name + " " + words(service.state) + ", process " +
                                    std::to_string(service.process_id) + ", checkpoint " +
                                    std::to_string(service.checkpoint);
        const auto hung_since = context_.since("termservice.hung", subject);
        const auto since = hung_since ? hung_since : context_.since("termservice.pending", subject);
        const std::chrono::seconds age = since ? context_.now - *since : std::chrono::seconds{0};
        const auto patience = context_.limits.service_pending_fail +
                              std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds{service.wait_hint});
        const bool hung = hung_since || age > patience;
        const auto slow = age > context_.limits.service_pending_warn ? Severity::warning : Severity::info;
        Finding finding{hung ? "termservice.hung" : "termservice.pending",
                        hung ? when_hung : slow,
                        service.name + " is " + words(service.state) + " without progress" +
                            (since ? " for " + std::to_string(age.count()) + " s" : ""),
                        subject,
                        {evidence_of(service), "wait hint " + std::to_string(service.wait_hint) + " ms"}};
        if (hung && service.name == "TermService" && cure_of_hung(facts_) != HungCure::none)
            finding.repair = "termservice";
        if (hung)
            finding.text += service.services_in_process == 1
                                ? "; its process serves nothing else and can be ended"
                                : "; its process may serve other services, so restart Windows";
        add(std::move(finding));
    }

    // 1077 is the exit code of a service that nobody has started yet: no fault.
    void judge_exit_code(const ServiceFacts& service) {
        if (service.state != ServiceState::stopped || service.exit_code == 0 || service.exit_code == 1077)
            return;
        // ERROR_SERVICE_SPECIFIC_ERROR: the other number counts.
        // https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_status
        const std::string reason = service.exit_code == 1066
                                       ? "service-specific error " + std::to_string(service.specific_exit_code)
                                       : explain_exit_code(service.exit_code);
        add({"termservice.exit_code",
             Severity::warning,
             service.name + " has ended with error " + reason,
             service.name,
             {evidence_of(service)}});
    }

    void judge_account(const ServiceFacts& service) {
        switch (account_of(service.account)) {
        case Account::network_service:
            return;
        case Account::unknown: {
            Finding finding{"termservice.unknown", Severity::unknown,
                            "cannot tell whether '" + service.account +
                                "' is NT AUTHORITY\\NetworkService in another language",
                            "account of TermService"};
            return add(std::move(finding));
        }
        case Account::other:
            // Started before the account was changed, or started by an account that happens to suffice.
            add({"termservice.wrong_account",
                 service.state == ServiceState::running ? Severity::warning : Severity::critical,
                 "TermService is set to run as " + service.account + ", expected NT AUTHORITY\\NetworkService",
                 "TermService",
                 {"service TermService: account " + service.account},
                 has_no_password(service.account) ? "termservice" : ""});
        }
    }

    void judge_companion(const Result<ServiceFacts>& service, const char* name, const char* disabled_code,
                         Severity when_disabled, const char* consequence) {
        if (is_absent(service))
            return add({"termservice.missing",
                        Severity::warning,
                        std::string("the service ") + name + " does not exist: " + consequence,
                        name,
                        {describe(service.error())}});
        if (!service)
            return add_unknown(name, service.error());
        if (service->state == ServiceState::unknown)
            add_unknown(std::string("state of ") + name, {Errc::malformed, 0, std::string("service ") + name});
        judge_start_type(*service, disabled_code, when_disabled, consequence);
        judge_progress(*service, Severity::warning);
        judge_exit_code(*service);
    }

    // Only "disabled" is evidence: every other start type can be right, and most of these start on demand.
    void judge_dependency(const Dependency& dependency) {
        const std::string& name = dependency.name;
        const Severity severity = dependency.declared ? Severity::critical : Severity::warning;
        if (is_absent(dependency.service)) {
            // Not every Windows has each of them; what TermService declares or is told to start it must have.
            if (dependency.declared || dependency.listed)
                add({"termservice.dependency_missing", severity,
                     "the service " + name + " does not exist, and TermService " +
                         (dependency.declared ? "does not start without it" : "is set to start it"),
                     name, with_list(dependency, {describe(dependency.service.error())})});
            return;
        }
        if (!dependency.service)
            return add_unknown(name, dependency.service.error());
        if (dependency.service->start == StartType::unknown)
            return add_unknown("start type of " + name, {Errc::malformed, 0, "service " + name});
        if (is_disabled(dependency.service))
            add({"termservice.dependency_disabled", severity,
                 "the service " + name + " is disabled, and Remote Desktop needs it", name,
                 with_list(dependency, {"service " + name + ": start type disabled"}),
                 can_be_enabled(dependency) ? "termservice" : ""});
    }

    static std::vector<std::string> with_list(const Dependency& dependency, std::vector<std::string> evidence) {
        if (dependency.listed)
            evidence.push_back(label(keys::terminal_server, started_name) + " names " + dependency.name);
        return evidence;
    }

    const Facts& facts_;
    const JudgeContext& context_;
    RdpSwitch rdp_;
    std::vector<Finding> findings_;
};

// What TermService declares, then what it is set to start, then what it needs without either. DERIVED: that it starts
// what RCDependentServices names; no page of Microsoft says so, untouched hosts have CertPropSvc and SessionEnv there,
// and neither is a dependency of TermService. Groups ("+NetBIOSGroup") are not services:
// https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-query_service_configw
std::vector<Dependency> collect_dependencies(const Host& host, const Facts& facts) {
    std::vector<Dependency> dependencies;
    const auto ask = [&](const std::string& name, bool declared, bool listed = false) {
        const auto same = [&](const Dependency& known) { return lower(known.name) == lower(name); };
        if (name.empty() || name.front() == '+' || std::any_of(dependencies.begin(), dependencies.end(), same))
            return;
        dependencies.push_back({name, declared, host.service(name), listed});
    };
    ask("RpcSs", true); // the only one on every version of Windows
    if (facts.term_service)
        for (const std::string& name : facts.term_service->depends_on)
            ask(name, true);
    if (facts.started_services)
        for (const std::string& name : *facts.started_services)
            if (!is_judged_alone(name))
                ask(name, false, true);
    for (const char* name : {"LSM", "CertPropSvc", "KeyIso", "CryptSvc"})
        ask(name, false);
    return dependencies;
}

// The signature as it was found within the last hour, unless the file has changed its size since.
Result<SignatureFacts> signature_of(const Host& host, const JudgeContext& context, const std::string& path,
                                    const FileFacts& file) {
    constexpr const char* note = "service_dll";
    const std::string about = lower(path) + "|" + std::to_string(file.size) + "|";
    if (context.notes)
        if (const auto text = context.notes->recall(note))
            if (const auto known = recall_signature(*text, about, context.now))
                return *known;
    auto signature = host.file_signature(path);
    if (signature && context.notes)
        context.notes->remember(note, remember_signature(*signature, about, context.now));
    return signature;
}

} // namespace

Result<Facts> collect(const Host& host) { return collect_with_notes(host, {}); }

Result<Facts> collect_with_notes(const Host& host, const JudgeContext& context) {
    Facts facts;
    facts.term_service = host.service("TermService");
    facts.session_env = host.service("SessionEnv");
    facts.um_rdp_service = host.service("UmRdpService");
    if (facts.term_service && is_pending(facts.term_service->state) && facts.term_service->process_id != 0)
        facts.process = host.process(facts.term_service->process_id);
    facts.started_services = read_list(host, keys::terminal_server, started_name);
    facts.dependencies = collect_dependencies(host, facts);
    facts.deny_connections = read_rdp_switch(host);
    facts.companion_dependencies = collect_companion_dependencies(host, facts);
    facts.service_dll = read_text(host, parameters_key, "ServiceDll");
    if (facts.service_dll && !facts.service_dll->empty())
        facts.service_dll_file = host.file(*facts.service_dll);
    if (facts.service_dll_file)
        facts.service_dll_signature = signature_of(host, context, *facts.service_dll, *facts.service_dll_file);
    facts.system_root = read_text(host, keys::windows_version, "SystemRoot");
    if (facts.term_service)
        if (const CommandLine program = parse_command_line(facts.term_service->binary_path); !program.group.empty())
            facts.svchost_group = read_list(host, svchost_key, program.group);
    for (const char* name : {"SessionEnv", "UmRdpService", "CertPropSvc"})
        facts.companions.push_back({name, host.service_security(name)});
    return facts;
}

std::vector<Finding> judge(const Facts& facts, const JudgeContext& context) { return Judge(facts, context).findings(); }

Probe probe(const ProbeOptions&) {
    return make_remembering_probe(id, "Do the services that carry Remote Desktop run, and will they start again?",
                                  std::chrono::seconds{30}, std::chrono::seconds{10}, &collect_with_notes, &judge);
}

} // namespace rdpmedic::termservice
