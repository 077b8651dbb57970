// Does the listener answer as an RDP client would see it?
#include "probes/handshake.hpp"

#include "probes/formats/x509.hpp"
#include "probes/handshake_target.hpp"
#include "probes/listener.hpp"
#include "probes/listener_edition.hpp"
#include "probes/network/handshake_findings.hpp"
#include "probes/network/handshake_stages.hpp"
#include "probes/rdp_switch.hpp"
#include "probes/termservice_restart.hpp"

#include <algorithm>

namespace rdpmedic::handshake {
namespace {

constexpr std::string_view id = "handshake";

// "HKLM\...: SecurityLayer = 0", or that it is not set or why it could not be read.
std::string evidence_of(const Result<Setting>& setting, std::string_view name) {
    if (setting)
        return evidence_of(*setting);
    if (is_absent(setting))
        return std::string(name) + " is not set";
    return std::string(name) + ": " + describe(setting.error());
}

const char* source_text(cert::Source source) {
    switch (source) {
    case cert::Source::pinned:
        return "SSLCertificateSHA1Hash";
    case cert::Source::template_:
        return "SSLCertificateSHA1Hash, kept up for the policy CertTemplateName";
    case cert::Source::self_signed:
        return "the store Remote Desktop";
    case cert::Source::none:
    case cert::Source::unknown:
        break;
    }
    return "unknown";
}

// The reason why it is not known which certificate counts.
Error undecided(const cert::CertFacts& facts) {
    if (is_unreadable(facts.pin))
        return facts.pin.error();
    if (is_unreadable(facts.personal_count))
        return facts.personal_count.error();
    if (is_unreadable(facts.remote_desktop_count))
        return facts.remote_desktop_count.error();
    return {Errc::io, 0, "certificate of the listener"};
}

Result<Configured> configured_in(const Result<cert::CertFacts>& facts) {
    if (!facts)
        return facts.error();
    if (const cert::CertificateFacts* in_use = facts->in_use())
        return Configured{in_use->thumbprint, source_text(facts->source), facts->source != cert::Source::self_signed};
    if (facts->source == cert::Source::none)
        return Error{Errc::not_found, 0, "certificate of the listener"};
    return undecided(*facts);
}

// fDenyTSConnections 1 switches Remote Desktop off, whoever set it; the policy beats the local value.
// https://learn.microsoft.com/troubleshoot/windows-server/remote/rdp-error-general-troubleshooting
bool is_off(const Facts& facts) { return is_switched_off(facts.deny_connections); }

Finding switched_off(const Facts& facts) {
    const Setting& setting = *facts.deny_connections;
    Finding finding{"handshake.rdp_off", Severity::info,
                    std::string("Remote Desktop is switched off ") +
                        (setting.from_policy ? "by Group Policy" : "on this host") +
                        ", so nobody can connect. This is a choice and not a fault; the listener was not judged"};
    finding.evidence = {evidence_of(setting), facts.port_source};
    if (setting.from_policy)
        finding.policy = label(setting.key, setting.name);
    return finding;
}

bool is_running(const Result<ServiceFacts>& service) { return service && service->state == ServiceState::running; }

// What a restart of TermService, or its start, can cure: nobody listens, or nobody says a word.
bool is_about_service(HandshakeStage stage) {
    return stage == HandshakeStage::refused || progress_of(stage) == Progress::no_answer;
}

bool is_offered(std::string_view repair, const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [repair](const Finding& finding) { return finding.repair == repair; });
}

// Another product serves the host's connections and nobody holds the port of RDP-Tcp. Such a stack is part of
// TermService, so that a service which does not run stays a fault.
// https://learn.microsoft.com/windows/win32/termserv/registering-the-custom-protocol
bool is_served_by_other_stack(const Facts& facts) {
    return facts.handshake.stage == HandshakeStage::refused && is_running(facts.services.term_service) &&
           facts.owners && facts.owners->empty() && !listener::third_party(facts.stack).empty();
}

Finding served_by_other_stack(const Facts& facts) {
    Finding finding{"handshake.third_party_stack", Severity::info,
                    "another product serves remote connections here, and nothing listens on " +
                        text_of(facts.handshake.target) +
                        ": that may be meant. Clients of Remote Desktop itself are refused"};
    finding.evidence = steps(facts.handshake);
    finding.evidence.push_back(facts.port_source);
    finding.evidence.push_back(listener::third_party(facts.stack));
    return finding;
}

// Adds what this host says about one finding of the wire, and leaves it only a repair that is called for here.
class Enrich {
  public:
    Enrich(const Facts& facts, const JudgeContext& context) : facts_(facts), context_(context) {}

    void operator()(Finding& finding) const {
        finding.evidence.push_back(facts_.port_source);
        if (!facts_.address_source.empty())
            finding.evidence.push_back(facts_.address_source);
        if (finding.code == "handshake.legacy_security")
            add_setting(finding, facts_.security_layer, "SecurityLayer");
        if (finding.code == "handshake.no_nla")
            add_setting(finding, facts_.user_authentication, "UserAuthentication");
        if (finding.code == "handshake.refused")
            add_listener(finding);
        if (finding.repair == "cert")
            check_certificate(finding);
        if (finding.repair == "termservice")
            check_service(finding);
        if (is_unanswered(facts_.handshake.stage) || finding.code == "handshake.not_rdp" ||
            finding.code == "handshake.malformed_reply")
            add_owners(finding);
    }

  private:
    static void add_setting(Finding& finding, const Result<Setting>& setting, std::string_view name) {
        finding.evidence.push_back(evidence_of(setting, name));
        if (setting && setting->from_policy)
            finding.policy = label(setting->key, setting->name);
    }

    // A listener that is disabled or bound to one adapter refuses here however often its service is restarted.
    void add_listener(Finding& finding) const {
        finding.evidence.push_back(evidence_of(facts_.deny_connections, "fDenyTSConnections"));
        if (facts_.listener_enabled && *facts_.listener_enabled == 0) {
            finding.text += ". The listener RDP-Tcp is disabled";
            finding.evidence.push_back(label(keys::rdp_tcp, "fEnableWinStation") + " = 0");
            finding.repair.clear();
        }
        if (facts_.adapter && *facts_.adapter != 0) {
            finding.text += facts_.owners && facts_.owners->empty()
                                ? ". The listener is bound to a single network adapter, which may be gone"
                                : ". The listener is bound to a single network adapter: it may listen on another "
                                  "address only, or on none when that adapter is gone";
            finding.evidence.push_back(evidence_of(keys::rdp_tcp, "LanAdapter", *facts_.adapter));
            finding.repair.clear();
        }
        const auto& service = facts_.services.term_service;
        const auto& program = facts_.services.service_dll_file;
        if (is_absent(service) || is_absent(program)) {
            const bool no_service = is_absent(service);
            finding.text += no_service ? ". The service TermService does not exist"
                                       : ". The program of TermService (ServiceDll) does not exist";
            finding.evidence.push_back(describe(no_service ? service.error() : program.error()));
            finding.repair.clear();
        }
        add_elsewhere(finding);
        add_other_stack(finding);
        add_edition(finding);
    }

    // Neither a restart nor a start of TermService makes it listen there.
    void add_edition(Finding& finding) const {
        if (!listener::cannot_host(facts_.edition))
            return;
        finding.text += ". This edition of Windows cannot host Remote Desktop";
        finding.evidence.push_back(listener::evidence_of_edition(facts_.edition));
        finding.repair.clear();
    }

    // A restart moves it to the port that is set, which the firewall may not let in: the probe listener says what to do
    // first, and no repair is named that could cut off those who still get in.
    void add_elsewhere(Finding& finding) const {
        if (facts_.elsewhere.empty())
            return;
        const TcpListener& row = facts_.elsewhere.front();
        finding.text += ". TermService still listens on TCP port " + std::to_string(row.port);
        finding.evidence.push_back(text_of({row.address, row.port}) + " belongs to TermService (process id " +
                                   std::to_string(row.process_id) + ")");
        finding.repair.clear();
    }

    // Who holds the port is not known, or somebody does: it stays a fault, and no restart is known to cure it.
    void add_other_stack(Finding& finding) const {
        const std::string other = listener::third_party(facts_.stack);
        if (other.empty())
            return;
        finding.text += ". Another product may serve remote connections here";
        finding.evidence.push_back(other);
        finding.repair.clear();
    }

    // A new certificate takes the place of one that Windows made. What can be done for a chosen one, its probe offers.
    void check_certificate(Finding& finding) const {
        if (is_unreadable(facts_.configured)) {
            finding.evidence.push_back("configured: " + describe(facts_.configured.error()));
            finding.repair.clear();
        } else if (facts_.configured && facts_.configured->chosen) {
            finding.evidence.push_back("configured: " + facts_.configured->thumbprint + ", chosen (" +
                                       facts_.configured->source + "): Windows makes no other in its place");
            finding.repair.clear();
        } else if (!facts_.certificate || !is_offered("cert", cert::judge(*facts_.certificate, context_))) {
            finding.evidence.push_back("the probe cert finds nothing that its repair cures");
            finding.repair.clear();
        }
    }

    // A TermService that runs is restarted where somebody asks for it, and the finding is about it; one that does not
    // run is started where its own probe says that this cures. Neither frees a port that another program holds.
    void check_service(Finding& finding) const {
        const termservice::Facts& services = facts_.services;
        const bool on = termservice::rdp_switch(services) == termservice::RdpSwitch::on;
        const std::string why_not = termservice::why_not_restarted(services, facts_.owners);
        const Holding holding = holding_of_port();
        const bool restartable = why_not.empty() && (holding == Holding::own || holding == Holding::nobody);
        if (on && restartable) {
            finding.subject = "TermService";
            return;
        }
        if (!on || holding == Holding::other || !is_offered("termservice", termservice::judge(services, context_)))
            finding.repair.clear();
        if (is_running(services.term_service) && !why_not.empty())
            finding.evidence.push_back("no restart: " + why_not);
    }

    enum class Holding { own, nobody, other, unknown };

    Holding holding_of_port() const {
        if (!facts_.owners || is_unreadable(facts_.services.term_service))
            return Holding::unknown;
        if (facts_.owners->empty())
            return Holding::nobody;
        const listener::Holders holders = listener::holders_of(*facts_.owners, facts_.services.term_service);
        if (!holders.own.empty())
            return Holding::own;
        return holders.foreign.empty() ? Holding::unknown : Holding::other;
    }

    void add_owners(Finding& finding) const {
        if (is_unreadable(facts_.owners))
            finding.evidence.push_back("owner of the port: " + describe(facts_.owners.error()));
        if (!facts_.owners)
            return;
        for (const TcpListener& owner : *facts_.owners)
            finding.evidence.push_back(text_of({owner.address, owner.port}) + " belongs to " +
                                       (owner.process.empty() ? "a process" : owner.process) + " (process id " +
                                       std::to_string(owner.process_id) + ")");
    }

    const Facts& facts_;
    const JudgeContext& context_;
};

// A listener keeps the certificate that it loaded when its service started.
Finding mismatch(const Facts& facts, const std::string& served) {
    Finding finding{
        "handshake.certificate_mismatch", Severity::warning,
        "the listener serves another certificate than the one that is configured: it has loaded the old one "
        "and takes the new one when TermService is restarted"};
    finding.evidence = steps(facts.handshake);
    finding.evidence.push_back("served: " + served);
    finding.evidence.push_back("configured: " + facts.configured->thumbprint + " (" + facts.configured->source + ")");
    return finding;
}

void add_certificate(const Facts& facts, std::vector<Finding>& findings) {
    if (facts.handshake.stage != HandshakeStage::complete)
        return;
    if (is_unreadable(facts.configured))
        findings.push_back(unknown(id, "the configured certificate", facts.configured.error()));
    const std::string served = sha1_thumbprint(facts.handshake.certificate);
    if (facts.configured && facts.configured->thumbprint != served)
        findings.push_back(mismatch(facts, served));
}

void read_services(const Host& host, std::uint16_t port, Facts& facts) {
    if (Result<termservice::Facts> services = termservice::collect(host))
        facts.services = std::move(*services);
    if (facts.handshake.stage != HandshakeStage::refused || !is_running(facts.services.term_service))
        return;
    facts.stack = listener::collect_stack(host);
    if (const auto listeners = host.tcp_listeners())
        facts.elsewhere = listener::still_elsewhere(*listeners, facts.services.term_service, port);
}

} // namespace

Result<std::uint16_t> listener_port(const Host& host) {
    const Result<std::uint32_t> port = listener::read_port_number(host);
    if (is_absent(port))
        return std::uint16_t{3389};
    if (!port)
        return port.error();
    if (*port == 0 || *port > 65535)
        return Error{Errc::malformed, 0,
                     label(keys::rdp_tcp, "PortNumber") + " = " + std::to_string(*port) + ", expected 1 to 65535"};
    return static_cast<std::uint16_t>(*port);
}

Result<std::vector<TcpListener>> listeners_on(const Host& host, std::uint16_t port) {
    Result<std::vector<TcpListener>> listeners = host.tcp_listeners();
    if (!listeners)
        return listeners.error();
    std::vector<TcpListener> owners;
    std::copy_if(listeners->begin(), listeners->end(), std::back_inserter(owners),
                 [port](const TcpListener& listener) { return listener.port == port; });
    return owners;
}

Result<Facts> collect(const Host& host, const std::string& configured) {
    const Result<Target> target = target_of(host, configured);
    if (!target)
        return target.error();
    const std::uint16_t port = target->endpoint.port;
    Result<HandshakeFacts> handshake = host.rdp_handshake(target->endpoint);
    if (!handshake)
        return handshake.error();
    Facts facts;
    facts.handshake = std::move(*handshake);
    facts.address_source = target->evidence;
    facts.port_source = label(keys::rdp_tcp, "PortNumber") + " = " + std::to_string(port);
    if (const auto number = read_dword(host, keys::rdp_tcp, "PortNumber"); is_absent(number))
        facts.port_source = label(keys::rdp_tcp, "PortNumber") + " is not set, so that 3389 counts";
    else if (!number)
        facts.port_source = number.error().where + "; TermService listens on TCP " + std::to_string(port);
    const auto effective = [&host](const RegistryPath& local, std::string_view name) {
        return effective_dword(host, keys::terminal_services_policy, local, name);
    };
    facts.deny_connections = read_rdp_switch(host);
    facts.security_layer = effective(keys::rdp_tcp, "SecurityLayer");
    facts.user_authentication = effective(keys::rdp_tcp, "UserAuthentication");
    facts.listener_enabled = read_dword(host, keys::rdp_tcp, "fEnableWinStation");
    facts.adapter = read_dword(host, keys::rdp_tcp, "LanAdapter");
    if (answers_rdp(facts.handshake.stage)) {
        facts.certificate = cert::collect(host);
        facts.configured = configured_in(facts.certificate);
    }
    if (facts.handshake.stage != HandshakeStage::complete)
        facts.owners = listeners_on(host, port);
    if (is_about_service(facts.handshake.stage) && !is_off(facts))
        read_services(host, port, facts);
    if (facts.handshake.stage == HandshakeStage::refused && facts.owners && facts.owners->empty() && !is_off(facts))
        facts.edition = listener::read_edition(host);
    return facts;
}

std::vector<Finding> judge(const Facts& facts, const JudgeContext& context) {
    std::vector<Finding> findings;
    // A switch that means nothing is a finding of the probe termservice; the listener is judged by what it answers.
    if (is_unreadable(facts.deny_connections) && facts.deny_connections.error().code != Errc::malformed)
        findings.push_back(unknown(id, "fDenyTSConnections", facts.deny_connections.error()));
    if (is_off(facts) && is_unanswered(facts.handshake.stage))
        return {switched_off(facts)};
    if (is_served_by_other_stack(facts)) {
        findings.push_back(served_by_other_stack(facts));
        return findings;
    }
    for (Finding& finding : wire_findings(facts.handshake, context)) {
        Enrich{facts, context}(finding);
        findings.push_back(std::move(finding));
    }
    add_certificate(facts, findings);
    return findings;
}

Probe probe(const ProbeOptions& options) {
    // Not more often than every five minutes: each connection leaves events on the host, and the channel that
    // holds the history of connections is small.
    return slow(make_probe(
        id, "Does the listener answer as an RDP client would see it?", std::chrono::minutes{5},
        std::chrono::seconds{30}, [address = options.rdp_address](const Host& host) { return collect(host, address); },
        judge));
}

} // namespace rdpmedic::handshake
