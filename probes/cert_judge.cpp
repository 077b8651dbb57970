// Will clients accept the certificate that RDP presents, and who changes it before they stop?
#include "probes/cert_judge.hpp"
#include "probes/hex.hpp"
#include "probes/rdp_switch.hpp"
#include "probes/time_text.hpp"

#include <algorithm>

namespace rdpmedic::cert {
namespace {

using std::chrono::days;

std::string policy_of(const CertFacts& facts) {
    if (!facts.from_policy())
        return {};
    return label(keys::terminal_services_policy, "CertTemplateName") + " = " + *facts.template_name;
}

std::string days_text(std::chrono::seconds span) {
    const auto whole = std::chrono::floor<days>(span).count();
    return std::to_string(whole) + (whole == 1 ? " day" : " days");
}

std::string validity(const X509Facts& x509) {
    return "valid from " + to_iso(x509.not_before) + " to " + to_iso(x509.not_after);
}

// A finding about the certificate in use: what it is, until when, and the policy that chose it.
Finding about(const CertFacts& facts, const CertificateFacts& certificate, std::string code, Severity severity,
              std::string text) {
    Finding finding{std::move(code), severity, std::move(text)};
    finding.evidence = {describe(certificate), validity(*certificate.x509)};
    if (facts.source == Source::template_)
        finding.policy = policy_of(facts);
    return finding;
}

void judge_expired(const CertFacts& facts, const CertificateFacts& certificate, const JudgeContext& context,
                   Findings& findings) {
    const auto since = context.now - certificate.x509->not_after;
    const bool own = facts.source == Source::self_signed, late = since > context.limits.renewal_grace;
    Finding expired = about(facts, certificate, "cert.expired", own && !late ? Severity::warning : Severity::critical,
                            "the certificate that RDP presents expired " + days_text(since) + " ago, at " +
                                to_iso(certificate.x509->not_after));
    if (own)
        expired.repair = renewal_repair(facts);
    findings.push_back(expired);
    if (!own || !late)
        return;
    Finding broken = about(facts, certificate, "cert.renewal_broken", Severity::critical,
                           "Windows has not replaced its expired RDP certificate: its renewal is broken");
    for (const Obstacle& obstacle : renewal_obstacles(facts))
        broken.evidence.push_back(obstacle.text);
    broken.repair = renewal_repair(facts);
    findings.push_back(broken);
}

// Nobody renews a pinned certificate, SessionEnv renews one of a template, and Windows replaces its own.
Severity severity_of_days_left(const CertFacts& facts, std::chrono::seconds left, const Thresholds& limits) {
    if (facts.source == Source::self_signed)
        return renewal_obstacles(facts).empty() ? Severity::info : Severity::warning;
    const bool soon = left < limits.pinned_certificate_fail;
    if (facts.source == Source::template_)
        return soon ? Severity::warning : Severity::info;
    return soon ? Severity::critical : Severity::warning;
}

std::string words_of_time_service(const Result<std::uint32_t>& start) {
    constexpr std::uint32_t disabled = 4;
    const std::string service = "the Windows Time service ";
    if (is_absent(start))
        return service + "does not exist";
    if (!start)
        return "the start type of the Windows Time service is not known: " + describe(start.error());
    return evidence_of(keys::time_service, "Start", *start) +
           (*start == disabled ? ": " + service + "is disabled" : "");
}

void judge_dates(const CertFacts& facts, const CertificateFacts& certificate, const JudgeContext& context,
                 Findings& findings) {
    const X509Facts& x509 = *certificate.x509;
    if (context.now < x509.not_before) {
        Finding finding = about(facts, certificate, "cert.not_yet_valid", Severity::critical,
                                "the certificate that RDP presents is valid only from " + to_iso(x509.not_before) +
                                    "; check the clock of this machine");
        finding.evidence.push_back("the clock of this machine says " + to_iso(context.now));
        if (facts.time_service_start)
            finding.evidence.push_back(words_of_time_service(*facts.time_service_start));
        findings.push_back(finding);
        return;
    }
    if (context.now > x509.not_after)
        return judge_expired(facts, certificate, context, findings);
    const auto left = x509.not_after - context.now;
    const bool own = facts.source == Source::self_signed;
    if (left >= (own ? context.limits.self_signed_certificate_info : context.limits.pinned_certificate_warn))
        return;
    Finding soon =
        about(facts, certificate, "cert.expires_soon", severity_of_days_left(facts, left, context.limits),
              "the certificate that RDP presents expires in " + days_text(left) + ", at " + to_iso(x509.not_after));
    if (own)
        for (const Obstacle& obstacle : renewal_obstacles(facts))
            soon.evidence.push_back(obstacle.text);
    findings.push_back(soon);
}

void judge_usage(const CertFacts& facts, const CertificateFacts& certificate, Findings& findings) {
    const X509Facts& x509 = *certificate.x509;
    if (suits_servers(x509))
        return;
    Finding finding = about(facts, certificate, "cert.wrong_eku", Severity::critical,
                            "the certificate that RDP presents is not for server authentication");
    std::string usages;
    for (const std::string& usage : x509.eku)
        usages += (usages.empty() ? "" : ", ") + usage;
    finding.evidence.push_back("extended key usage: " + (usages.empty() ? "none that can be read" : usages));
    findings.push_back(finding);
}

void judge_strength(const CertFacts& facts, const CertificateFacts& certificate, Findings& findings) {
    constexpr int least_rsa_bits = 2048;
    constexpr std::string_view weak[] = {"MD2", "MD4", "MD5", "SHA1"};
    const X509Facts& x509 = *certificate.x509;
    const bool rsa = x509.key_algorithm == "RSA" || x509.key_algorithm == "RSA-PSS";
    if (rsa && x509.key_bits > 0 && x509.key_bits < least_rsa_bits)
        findings.push_back(about(facts, certificate, "cert.weak_key", Severity::warning,
                                 "the certificate that RDP presents has an RSA key of only " +
                                     std::to_string(x509.key_bits) + " bits"));
    if (std::find(std::begin(weak), std::end(weak), x509.signature_digest) == std::end(weak))
        return;
    // Nobody can check who signed a certificate that signed itself. MEM: that Windows signs its own with SHA-256 since
    // Server 2016 is written here from memory, so an older one must not count as a fault.
    const Severity severity = facts.source == Source::self_signed ? Severity::info : Severity::warning;
    findings.push_back(about(facts, certificate, "cert.weak_signature", severity,
                             "the certificate that RDP presents is signed with " + x509.signature_digest));
}

void judge_pin(const CertFacts& facts, Findings& findings) {
    const std::string where = label(keys::rdp_tcp, "SSLCertificateSHA1Hash");
    if (is_unreadable(facts.pin))
        findings.push_back(unknown("cert", where, facts.pin.error()));
    if (facts.pin && !facts.pinned_thumbprint) {
        Finding finding{"cert.pin_malformed", Severity::warning,
                        "the thumbprint that names the RDP certificate is not 20 bytes of REG_BINARY"};
        finding.evidence = {where + " has the registry type " + std::to_string(facts.pin->type)};
        if (const auto* text = std::get_if<std::string>(&facts.pin->data))
            finding.evidence.push_back("as text it reads '" + clean_thumbprint(*text) + "'");
        findings.push_back(finding);
    }
    if (!facts.pin_dangles())
        return;
    // DERIVED: that Windows goes on with its own. From Windows Server 2008 on, events 1051 and 1059 say that the
    // default certificate is used or the value reset.
    // https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/cc775255(v=ws.10)
    Finding finding{"cert.pin_dangling", Severity::warning,
                    "the certificate chosen for RDP is not in a store; Windows should use its own instead"};
    const auto count = [](const Result<std::size_t>& store) { return std::to_string(store ? *store : 0); };
    finding.evidence = {where + " = " + *facts.pinned_thumbprint,
                        "certificates in My: " + count(facts.personal_count) +
                            ", in Remote Desktop: " + count(facts.remote_desktop_count)};
    finding.policy = policy_of(facts);
    findings.push_back(finding);
}

void judge_settings(const CertFacts& facts, Findings& findings) {
    judge_pin(facts, findings);
    if (is_unreadable(facts.template_name))
        findings.push_back(
            unknown("cert", label(keys::terminal_services_policy, "CertTemplateName"), facts.template_name.error()));
    if (is_unreadable(facts.store_override))
        findings.push_back(
            unknown("cert", label(keys::win_stations, "SelfSignedCertStore"), facts.store_override.error()));
    if (facts.pinned_thumbprint && is_unreadable(facts.personal_count))
        findings.push_back(unknown("cert", "certificate store My", facts.personal_count.error()));
    const bool own = facts.source != Source::pinned && facts.source != Source::template_;
    if (own && is_unreadable(facts.remote_desktop_count))
        findings.push_back(unknown("cert", "certificate store Remote Desktop", facts.remote_desktop_count.error()));
    for (const std::string& name : facts.odd_names) {
        Finding finding{"cert.misnamed_value", Severity::info,
                        "a registry value has a name that Windows does not read, so it has no effect"};
        finding.subject = name;
        finding.evidence = {name};
        findings.push_back(finding);
    }
}

void judge_certificate(const CertFacts& facts, const CertificateFacts& certificate, const JudgeContext& context,
                       Findings& findings) {
    judge_key(facts, certificate, findings);
    if (!certificate.x509) {
        findings.push_back(unknown("cert", describe(certificate), certificate.x509.error()));
        return;
    }
    judge_dates(facts, certificate, context, findings);
    judge_usage(facts, certificate, findings);
    judge_strength(facts, certificate, findings);
    judge_names(facts, certificate, findings);
}

} // namespace

std::string describe(const CertificateFacts& certificate) {
    return "certificate " + certificate.thumbprint + " (" +
           (certificate.x509 ? certificate.x509->subject + ", " : std::string{}) + "store " + certificate.store + ")";
}

std::vector<Finding> judge(const CertFacts& facts, const JudgeContext& context) {
    Findings findings;
    judge_settings(facts, findings);
    judge_renewal(facts, context, findings);
    judge_program_data(facts, findings);
    if (const CertificateFacts* certificate = facts.in_use())
        judge_certificate(facts, *certificate, context, findings);
    // Windows makes and renews its certificate when the listener needs it, and the listener is not there.
    if (is_switched_off(facts.rdp_switch))
        std::for_each(findings.begin(), findings.end(), lower_to_note);
    return findings;
}

} // namespace rdpmedic::cert
