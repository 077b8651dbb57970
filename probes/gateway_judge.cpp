// Will clients trust the RD Gateway on this host?
#include "probes/formats/ip_address.hpp"
#include "probes/formats/x509.hpp"
#include "probes/formats/x509_chain.hpp"
#include "probes/gateway.hpp"
#include "probes/gateway_binding.hpp"
#include "probes/hex.hpp"
#include "probes/time_text.hpp"

#include <algorithm>

namespace rdpmedic::gateway {
namespace {

constexpr std::string_view id = "gateway";
constexpr const char* server_authentication = "1.3.6.1.5.5.7.3.1";

std::string evidence_of(const X509Facts& certificate) {
    std::string line = "served certificate " + certificate.thumbprint + ": subject " + certificate.subject +
                       ", issuer " + certificate.issuer + ", until " + to_iso(certificate.not_after);
    for (const std::string& name : certificate.dns_names)
        line += (&name == &certificate.dns_names.front() ? ", for " : ", ") + name;
    return line;
}

class Judge {
  public:
    Judge(const Facts& facts, const JudgeContext& context) : facts_(facts), context_(context) {}

    std::vector<Finding> findings() {
        if (is_absent(facts_.service))
            return {};
        if (!facts_.service) {
            add_unknown("TSGateway", facts_.service.error());
            return std::move(findings_);
        }
        judge_service(*facts_.service);
        // Switched off on purpose: who installed the role and disabled it needs no certificate.
        if (facts_.service->start == StartType::disabled && facts_.service->state == ServiceState::stopped)
            return std::move(findings_);
        if (!facts_.setting)
            add_unknown("gateway settings", facts_.setting.error());
        else
            judge_setting(*facts_.setting);
        if (facts_.tls)
            judge_tls(*facts_.tls);
        judge_udp();
        return std::move(findings_);
    }

  private:
    void add(Finding finding) { findings_.push_back(std::move(finding)); }
    void add(const char* code, Severity severity, std::string text, std::vector<std::string> evidence) {
        add({code, severity, std::move(text), "", std::move(evidence)});
    }
    void add_unknown(std::string subject, const Error& error) { add(unknown(id, std::move(subject), error)); }

    void judge_service(const ServiceFacts& service) {
        if (service.state == ServiceState::unknown)
            return add_unknown("state of TSGateway", {Errc::malformed, 0, "service TSGateway"});
        if (service.start == StartType::disabled && service.state == ServiceState::stopped)
            return add("gateway.disabled", Severity::info,
                       "the role RD Gateway is installed and its service is disabled: no client comes in through it",
                       {"service TSGateway: stopped, start type disabled"});
        if (service.state == ServiceState::stopped || service.state == ServiceState::paused)
            add("gateway.not_running", Severity::critical,
                "the service TSGateway does not run: no client comes in through this RD Gateway. Start it; the log "
                "Microsoft-Windows-TerminalServices-Gateway says why it ended",
                {"service TSGateway: not running, exit code " + std::to_string(service.exit_code)});
    }

    void judge_setting(const GatewayFacts& setting) {
        if (!setting.configured)
            return add("gateway.not_configured", Severity::warning,
                       "the role RD Gateway is installed and not configured: no client can use it",
                       {"Win32_TSGatewayServerSettings: IsConfigured = false"});
        // Another machine speaks TLS with the clients, with a certificate that this host does not know.
        if (setting.ssl_bridging != 0)
            return;
        if (setting.certificate.empty())
            return add("gateway.no_certificate", Severity::critical,
                       "the RD Gateway has no certificate: clients cannot connect to it. Choose one in RD Gateway "
                       "Manager",
                       {"Win32_TSGatewayServerSettings: CertHash is empty"});
        if (!facts_.bindings)
            return add_unknown("certificates of http.sys", facts_.bindings.error());
        judge_bindings(setting);
    }

    // The gateway and IIS share port 443; the gateway's hash is to be that of the binding:
    // https://learn.microsoft.com/windows/win32/termserv/win32-tsgatewayserversettings
    void judge_bindings(const GatewayFacts& setting) {
        const std::string wanted = to_hex(setting.certificate);
        std::vector<std::string> evidence{"Win32_TSGatewayServerSettings: CertHash = " + wanted};
        bool any = false, same = false;
        for (const HttpsBinding& binding : *facts_.bindings) {
            if (binding.port != gateway_port)
                continue;
            any = true;
            same = same || binding.certificate == setting.certificate;
            evidence.push_back("http.sys " + binding.address + ":443 = " + to_hex(binding.certificate));
        }
        if (!any)
            return add("gateway.no_binding", Severity::critical,
                       "nothing serves a certificate on port 443: clients cannot connect to the RD Gateway. Choose "
                       "its certificate again in RD Gateway Manager, which sets the binding",
                       std::move(evidence));
        if (!same)
            add("gateway.certificate_mismatch", Severity::warning,
                "port 443 serves another certificate than the one that the RD Gateway is set to: clients see the "
                "other one. Choose the certificate again in RD Gateway Manager",
                std::move(evidence));
    }

    void judge_tls(const Result<TlsFacts>& tls) {
        if (!tls)
            return add_unknown("TLS on port 443", tls.error());
        const std::string target = tls->target.endpoint.host + ":" + std::to_string(tls->target.endpoint.port);
        if (tls->chain.empty()) {
            if (!facts_.setting) // another machine may be the one that speaks TLS
                return;
            const std::string alert = tls->alert ? ", alert " + std::to_string(*tls->alert) : "";
            return add("gateway.tls_failed", Severity::critical,
                       "TLS with the RD Gateway fails (" + tls->problem + alert +
                           "): clients cannot connect to it. Check its certificate, the private key and the Schannel "
                           "events in the System log",
                       {"TLS " + target + ": " + tls->problem + alert});
        }
        const auto leaf = parse_certificate(tls->chain.front());
        if (!leaf)
            return add_unknown("served certificate", leaf.error());
        judge_validity(*leaf);
        judge_trust(*leaf);
        judge_intermediates(*tls);
        if (leaf->self_signed) // nobody else issued it, and nobody revokes it
            return;
        judge_chain(*tls, *leaf);
        judge_revocation(*tls, *leaf);
    }

    void judge_validity(const X509Facts& leaf) {
        if (context_.now > leaf.not_after)
            return add("gateway.certificate_expired", Severity::critical,
                       "the certificate of the RD Gateway expired at " + to_iso(leaf.not_after) +
                           ": clients refuse it. Renew it and choose the new one in RD Gateway Manager",
                       {evidence_of(leaf)});
        if (context_.now < leaf.not_before)
            return add("gateway.certificate_not_yet_valid", Severity::critical,
                       "the certificate of the RD Gateway is valid only from " + to_iso(leaf.not_before) +
                           " on: clients refuse it. Check the clock of this host first",
                       {evidence_of(leaf)});
        const auto left = leaf.not_after - context_.now;
        if (left >= context_.limits.pinned_certificate_warn)
            return;
        const auto days = std::chrono::floor<std::chrono::days>(left).count();
        add("gateway.certificate_expires_soon",
            left < context_.limits.pinned_certificate_fail ? Severity::critical : Severity::warning,
            "the certificate of the RD Gateway expires in " + std::to_string(days) + " days. Renew it",
            {evidence_of(leaf)});
    }

    // What every client minds, whichever roots it trusts; those are not known here.
    void judge_trust(const X509Facts& leaf) {
        if (leaf.self_signed)
            add("gateway.self_signed", Severity::warning,
                "the certificate of the RD Gateway is self-signed: only clients on which it was installed trust it. "
                "Use one of a certification authority that the clients trust",
                {evidence_of(leaf)});
        if (leaf.dns_names.empty())
            add("gateway.no_dns_name", Severity::warning,
                "the certificate of the RD Gateway names no host in its subject alternative name: current clients "
                "compare that with the name of the gateway",
                {evidence_of(leaf)});
        if (leaf.has_eku && std::find(leaf.eku.begin(), leaf.eku.end(), server_authentication) == leaf.eku.end() &&
            std::find(leaf.eku.begin(), leaf.eku.end(), "2.5.29.37.0") == leaf.eku.end())
            add("gateway.wrong_usage", Severity::critical,
                "the certificate of the RD Gateway is not made for servers (Server Authentication): clients refuse it",
                {evidence_of(leaf)});
        if (leaf.key_algorithm == "RSA" && leaf.key_bits > 0 && leaf.key_bits < 2048)
            add("gateway.weak_key", Severity::warning,
                "the certificate of the RD Gateway has an RSA key of " + std::to_string(leaf.key_bits) +
                    " bits: clients refuse keys below 2048 bits",
                {evidence_of(leaf)});
        if (leaf.signature_digest == "SHA1" || leaf.signature_digest == "MD5")
            add("gateway.weak_signature", Severity::warning,
                "the certificate of the RD Gateway is signed with " + leaf.signature_digest +
                    ": current clients refuse it",
                {evidence_of(leaf)});
    }

    // Clients use what is served, so an old intermediate beside a good leaf breaks the chain for some of them.
    void judge_intermediates(const TlsFacts& tls) {
        for (auto der = tls.chain.begin() + 1; der != tls.chain.end(); ++der) {
            const auto certificate = parse_certificate(*der);
            if (!certificate || context_.now <= certificate->not_after || certificate->self_signed)
                continue;
            add({"gateway.intermediate_expired",
                 Severity::warning,
                 "the RD Gateway serves an intermediate certificate that expired at " + to_iso(certificate->not_after) +
                     ": some clients refuse the chain. Install the present one",
                 certificate->thumbprint,
                 {evidence_of(*certificate)}});
        }
    }

    // The root alone may be left out: https://www.rfc-editor.org/rfc/rfc5246#section-7.4.2. The host does not know
    // which issuers are roots to the clients, so this is no more than info, and nothing is said of the last certificate
    // of those that follow. Not only the next one is looked at: clients accept any order,
    // https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2
    void judge_chain(const TlsFacts& tls, const X509Facts& leaf) {
        const auto complete = has_issuer_among(tls.chain.front(), std::span(tls.chain).subspan(1));
        if (!complete)
            return add_unknown("issuer of the served certificate", complete.error());
        if (*complete)
            return;
        std::vector<std::string> evidence{evidence_of(leaf)};
        for (auto der = tls.chain.begin() + 1; der != tls.chain.end(); ++der)
            if (const auto other = parse_certificate(*der))
                evidence.push_back(evidence_of(*other));
        add("gateway.chain_incomplete", Severity::info,
            "the RD Gateway serves its certificate without that of " + leaf.issuer +
                ", which issued it: clients that do not have that one or cannot fetch it refuse it. Fine where " +
                leaf.issuer + " is a root that the clients trust",
            std::move(evidence));
    }

    // What a client then sees is CERT_TRUST_REVOCATION_STATUS_UNKNOWN:
    // https://learn.microsoft.com/windows/win32/api/wincrypt/ns-wincrypt-cert_trust_status
    void judge_revocation(const TlsFacts& tls, const X509Facts& leaf) {
        const auto named = names_revocation(tls.chain.front());
        if (!named)
            return add_unknown("revocation of the served certificate", named.error());
        if (!*named)
            add("gateway.no_revocation", Severity::info,
                "the certificate of the RD Gateway names neither a CRL distribution point nor an OCSP responder: "
                "clients that check whether it was revoked cannot",
                {evidence_of(leaf)});
    }

    // Clients that get no UDP stay on HTTP, so that nothing here is critical:
    // https://techcommunity.microsoft.com/t5/security-compliance-and-identity/what-8217-s-new-in-windows-server-2012-remote-desktop-gateway/ba-p/247611
    void judge_udp() {
        if (facts_.service->state != ServiceState::running || !facts_.setting || !facts_.setting->configured)
            return;
        if (is_unreadable(facts_.setting->udp))
            return add_unknown("UDP transport", facts_.setting->udp.error());
        if (!facts_.udp)
            return;
        const std::string port = "UDP port " + std::to_string(facts_.setting->udp->port);
        if (!*facts_.udp)
            return add_unknown("who holds " + port, facts_.udp->error());
        judge_udp_holders(port, **facts_.udp);
    }

    // DERIVED: the socket is that of the service's process. System is not taken for a thief: a driver could hold it.
    void judge_udp_holders(const std::string& port, const std::vector<UdpEndpoint>& rows) {
        constexpr std::uint32_t system = 4;
        if (rows.empty())
            return add("gateway.udp_not_listening", Severity::info,
                       "the RD Gateway is set to take UDP, and nobody holds " + port +
                           ": clients stay on HTTP, which is slower on lossy networks. Restart its service, or switch "
                           "UDP off in RD Gateway Manager (Transport Settings)",
                       {port + ": no socket"});
        std::vector<std::string> foreign;
        for (const UdpEndpoint& row : rows) {
            if (row.process_id == facts_.service->process_id)
                return;
            if (row.process_id > system && !is_loopback(row.address))
                foreign.push_back(port + " at " + row.address + ": " + (row.process.empty() ? "" : row.process + ", ") +
                                  "process " + std::to_string(row.process_id));
        }
        if (!foreign.empty())
            add("gateway.udp_port_stolen", Severity::warning,
                "another program holds " + port +
                    ", which the RD Gateway is set to take UDP on: clients stay on HTTP, which is slower on lossy "
                    "networks. End that program, or choose another port in RD Gateway Manager (Transport Settings)",
                std::move(foreign));
    }

    const Facts& facts_;
    const JudgeContext& context_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> judge(const Facts& facts, const JudgeContext& context) { return Judge(facts, context).findings(); }

} // namespace rdpmedic::gateway
