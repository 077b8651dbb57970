// What would give the listener a certificate and key that it can use, with the least damage?
#include "agent/repair/plan_cert.hpp"

#include "agent/repair/plan_cert_options.hpp"
#include "agent/repair/plan_cert_parts.hpp"
#include "agent/repair/plan_parts.hpp"
#include "probes/registry.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using cert::CertificateFacts;
using cert::KeyKind;
using cert::Source;

// The key is there, but not this one. NTE_BAD_KEYSET, its neighbour, proves nothing: an administrator gets it for the
// key of a healthy host, which only SYSTEM and the listener may open.
// https://learn.microsoft.com/windows/win32/seccrypto/common-hresult-values
constexpr std::uint32_t nte_bad_public_key = 0x80090015;

// What is wrong with the certificate itself, so that another must come; empty: nothing.
std::string why_renew(const CertificateFacts& certificate, Time now) {
    if (certificate.x509.has_error() && certificate.x509.error().code == Errc::malformed)
        return "the certificate cannot be parsed: " + certificate.x509.error().where;
    if (certificate.x509 && certificate.x509->not_after < now)
        return "the certificate has expired";
    if (is_absent(certificate.key))
        return "the certificate has no link to a private key";
    if (certificate.key_kind == KeyKind::legacy && is_absent(certificate.file) && !certificate.key_usable)
        return "its key file is gone";
    if (certificate.key_usable.has_error() && certificate.key_kind == KeyKind::legacy &&
        certificate.key_usable.error().native == nte_bad_public_key)
        return "its key container does not hold its key";
    return {};
}

void add_key_acl(const CertPlanInput& input, const CertificateFacts& certificate, Plan& plan) {
    if (!certificate.network_service || certificate.network_service->grants(cert::key_read))
        return;
    if (!certificate.key_file || !certificate.key_security || is_absent(certificate.file))
        return;
    // The measured list is that of Windows' own certificate; other keys get what the listener needs and no more.
    std::vector<Grant> grants{{std::string(sids::network_service), cert::key_read}};
    if (input.facts.source == Source::self_signed && certificate.key_kind == KeyKind::legacy) {
        if (!input.facts.windows_build) {
            plan.obstacles.push_back(
                "The build of Windows, on which the rights of the key file depend, is not known: " +
                describe(input.facts.windows_build.error()));
            return;
        }
        grants = cert::expected_key_grants(*input.facts.windows_build);
    }
    const auto descriptor = parse_security_descriptor(*certificate.key_security);
    if (!descriptor) {
        plan.obstacles.push_back("The rights of the key file could not be read: " + describe(descriptor.error()));
        return;
    }
    const auto bytes = to_bytes(with_grants(*descriptor, grants, file_rights));
    if (!bytes || *bytes == *certificate.key_security) {
        plan.obstacles.push_back("Entries that the key file inherits from its folder keep the listener out of it.");
        return;
    }
    Rung rung{"key-acl",
              "Let the account of the listener read the key file",
              "NETWORK SERVICE may not read " + *certificate.key_file,
              {SetFileAccess{*certificate.key_file, *bytes}},
              "none",
              false,
              std::nullopt,
              false};
    cert_plan::append(rung.changes, cert_plan::around_session_env(input.facts, {}, false));
    plan.rungs.push_back(std::move(rung));
}

void add_store_deny(const CertPlanInput& input, Plan& plan) {
    const RegistryPath certificates{keys::remote_desktop_store.key + "\\Certificates"};
    Rung rung{"store-deny", "Let SYSTEM write to the certificate store", "", {}, "none", false, std::nullopt, false};
    for (const auto& [key, security] : {std::pair(keys::remote_desktop_store, input.facts.store_security),
                                        std::pair(certificates, input.facts.store_certificates_security)}) {
        if (!security)
            continue;
        const auto descriptor = parse_security_descriptor(*security);
        if (!descriptor)
            continue;
        const SecurityDescriptor freed = without_denies(*descriptor, sids::system, cert::store_write, key_rights);
        const auto bytes = to_bytes(freed);
        if (freed.entries == descriptor->entries || !bytes)
            continue;
        rung.changes.push_back(SetRegistryAccess{key, *bytes});
        rung.why = "HKLM\\" + key.key + " denies SYSTEM to write";
    }
    if (!rung.changes.empty())
        plan.rungs.push_back(std::move(rung));
}

void add_renewal(const CertPlanInput& input, const CertificateFacts& certificate, Plan& plan) {
    const std::string why = why_renew(certificate, input.now);
    if (why.empty())
        return;
    if (std::string obstacle = cert_plan::renewal_obstacle(input.facts); !obstacle.empty()) {
        plan.obstacles.push_back(std::move(obstacle));
        return;
    }
    const bool key_is_a_file = certificate.key_kind == KeyKind::legacy && certificate.key_file && certificate.file;
    const std::vector<Change> take_out{DeleteCertificate{certificate.store, certificate.thumbprint,
                                                         key_is_a_file ? *certificate.key_file : std::string()}};
    plan.rungs.push_back(
        {"renew", "Let Windows make a new self-signed certificate", certificate.thumbprint + ": " + why,
         cert_plan::around_session_env(input.facts, take_out, true), "none", false, certificate.store, false});
    if (!key_is_a_file || input.key_backup.empty())
        return;
    // SessionEnv stands in the way of nothing else here; it runs again since the rung before.
    const std::vector<Change> put_aside{SetServiceState{services::session_env, ServiceState::stopped},
                                        RenameFile{*certificate.key_file, input.key_backup},
                                        SetServiceState{services::session_env, ServiceState::running}};
    plan.rungs.push_back({"key-file", "Put the old key file aside so that a new key can be made",
                          "only when no certificate comes: its container already exists", put_aside, "none", false,
                          certificate.store, true});
}

// A last resort that is not there does not hinder the others.
void add_restart(const CertPlanInput& input, Plan& plan) {
    const bool serves_another = std::any_of(plan.rungs.begin(), plan.rungs.end(), [](const Rung& rung) {
        return rung.id == "key-acl" || rung.id == "renew";
    });
    if (serves_another)
        cert_plan::add_restart(input.sessions, input.term_service, input.um_rdp_service, input.elsewhere, plan);
}

void explain_ownership(const CertPlanInput& input, Plan& plan) {
    if (input.facts.source == Source::template_) {
        plan.blocked_by_policy = label(keys::terminal_services_policy, "CertTemplateName");
        plan.obstacles.push_back("The certificate comes from the template that a policy names; SessionEnv enrols it.");
    } else if (input.facts.source == Source::pinned) {
        plan.obstacles.push_back("The certificate is chosen by " + label(keys::rdp_tcp, "SSLCertificateSHA1Hash") +
                                 "; only who chose it can replace it.");
    } else if (input.facts.source == Source::unknown) {
        plan.obstacles.push_back("Which certificate the listener uses is not known.");
    }
}

} // namespace

Plan plan_cert(const CertPlanInput& input) {
    if (asks_for_certificate_change(input.options))
        return plan_cert_options(input);
    Plan plan;
    plan.repair = "cert";
    plan.cures = called_for(input.findings, plan.repair);
    if (plan.cures.empty())
        return plan;
    const CertificateFacts* certificate = input.facts.in_use();
    if (certificate != nullptr)
        add_key_acl(input, *certificate, plan);
    if (input.facts.source == Source::self_signed || input.facts.source == Source::none)
        add_store_deny(input, plan);
    if (input.facts.source == Source::self_signed && certificate != nullptr)
        add_renewal(input, *certificate, plan);
    add_restart(input, plan);
    explain_ownership(input, plan);
    return plan;
}

} // namespace rdpmedic
