// What would change which certificate the listener uses, when somebody asks for it?
#include "agent/repair/plan_cert_options.hpp"

#include "agent/repair/plan_cert_parts.hpp"
#include "probes/hex.hpp"
#include "probes/registry.hpp"
#include "probes/time_text.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using cert::CertificateFacts;
using cert::KeyKind;

constexpr const char* pin_value = "SSLCertificateSHA1Hash";
constexpr std::uint32_t reg_binary = 3;

// A policy that names a template owns the choice: SessionEnv writes the value again at every refresh.
// https://learn.microsoft.com/troubleshoot/windows-server/remote/remote-desktop-listener-certificate-configurations
bool policy_owns(const CertPlanInput& input, Plan& plan) {
    const auto& name = input.facts.template_name;
    if (is_unreadable(name)) {
        plan.obstacles.push_back("Whether a policy chooses the certificate is not known: " + describe(name.error()));
        return true;
    }
    if (!input.facts.from_policy())
        return false;
    plan.blocked_by_policy = label(keys::terminal_services_policy, "CertTemplateName");
    plan.obstacles.push_back("The certificate comes from the template '" + *name +
                             "' that a policy names; SessionEnv would choose it again.");
    return true;
}

void add_cures(const CertPlanInput& input, std::initializer_list<std::string_view> codes, Plan& plan) {
    for (const Finding& finding : input.findings)
        if (std::find(codes.begin(), codes.end(), finding.code) != codes.end())
            plan.cures.push_back(finding);
}

void add_restart(const CertPlanInput& input, Plan& plan) {
    if (const std::string why =
            cert_plan::add_restart(input.sessions, input.term_service, input.um_rdp_service, input.elsewhere, plan);
        !why.empty())
        plan.obstacles.push_back(why);
}

// Empty: the choice serves nobody, because the certificate or its key is gone.
std::string why_still_of_use(const CertPlanInput& input) {
    const cert::CertFacts& facts = input.facts;
    if (!facts.pinned_thumbprint || facts.pin_dangles())
        return {}; // no 20 bytes name no certificate
    const CertificateFacts* chosen = facts.in_use();
    if (chosen == nullptr || chosen->thumbprint != *facts.pinned_thumbprint)
        return "whether the chosen certificate is there is not known";
    if (is_absent(chosen->key))
        return {};
    if (chosen->key_kind == KeyKind::legacy && is_absent(chosen->file) && !chosen->key_usable)
        return {};
    return "certificate " + chosen->thumbprint + " and its key are there; choose another one with pin instead";
}

void plan_unpin(const CertPlanInput& input, Plan& plan) {
    plan.asked_for = "the choice of a certificate taken back";
    const std::string value = label(keys::rdp_tcp, pin_value);
    if (is_absent(input.facts.pin) || policy_owns(input, plan))
        return;
    if (!input.facts.pin) {
        plan.obstacles.push_back(value + " could not be read: " + describe(input.facts.pin.error()));
        return;
    }
    if (const std::string why = why_still_of_use(input); !why.empty()) {
        plan.obstacles.push_back("The choice stays: " + why + ".");
        return;
    }
    add_cures(input, {"cert.pin_dangling", "cert.pin_malformed"}, plan);
    if (input.facts.in_use() != nullptr && input.facts.source == cert::Source::pinned)
        add_cures(input, {"cert.no_private_key", "cert.key_missing"}, plan);
    Rung rung{"unpin",
              "Let the listener use the certificate that Windows makes",
              value + " names a certificate that is gone, or whose key is",
              {SetRegistryValue{keys::rdp_tcp, pin_value, std::nullopt}}};
    rung.undo = "the value as it was";
    plan.rungs.push_back(std::move(rung));
    add_restart(input, plan);
}

// What keeps the listener from using it; empty: nothing.
std::vector<std::string> unsuitable(const CertificateFacts& certificate, Time now) {
    std::vector<std::string> missing;
    if (!certificate.x509) {
        missing.push_back("it cannot be parsed: " + describe(certificate.x509.error()));
    } else {
        if (now < certificate.x509->not_before)
            missing.push_back("it is valid only from " + to_iso(certificate.x509->not_before));
        if (now > certificate.x509->not_after)
            missing.push_back("it expired at " + to_iso(certificate.x509->not_after));
        if (!cert::suits_servers(*certificate.x509))
            missing.push_back("its extended key usage has neither server authentication nor Remote Desktop");
    }
    if (is_absent(certificate.key))
        missing.push_back("it has no link to a private key");
    else if (!certificate.key)
        missing.push_back("where its key is could not be read: " + describe(certificate.key.error()));
    else if (!certificate.key->machine_keyset)
        missing.push_back("its key is in a user's key set and not the machine's");
    if (!certificate.key_usable)
        missing.push_back("its key cannot be used: " + describe(certificate.key_usable.error()));
    if (!certificate.network_service)
        missing.push_back("whether NETWORK SERVICE may read its key is not known: " +
                          describe(certificate.network_service.error()));
    else if (!certificate.network_service->grants(cert::key_read))
        missing.push_back("NETWORK SERVICE, the account of the listener, may not read its key file" +
                          (certificate.key_file ? " " + *certificate.key_file : std::string()));
    return missing;
}

void plan_pin(const CertPlanInput& input, const std::string& text, Plan& plan) {
    const std::string thumbprint = clean_thumbprint(text);
    plan.asked_for =
        "certificate " + (thumbprint.empty() ? "of a thumbprint" : thumbprint) + " chosen for the listener";
    if (thumbprint.empty()) {
        plan.obstacles.push_back("pin is not a thumbprint: 40 hexadecimal digits are expected.");
        return;
    }
    if (policy_owns(input, plan) || input.facts.pinned_thumbprint == thumbprint)
        return;
    if (is_unreadable(input.facts.pin))
        plan.obstacles.push_back(label(keys::rdp_tcp, pin_value) +
                                 " could not be read: " + describe(input.facts.pin.error()));
    if (!input.wanted)
        plan.obstacles.push_back(is_absent(input.wanted)
                                     ? "The store My of this machine holds no certificate " + thumbprint + "."
                                     : "The store My of this machine could not be read: " +
                                           describe(input.wanted.error()));
    else
        for (const std::string& problem : unsuitable(*input.wanted, input.now))
            plan.obstacles.push_back("Certificate " + thumbprint + ": " + problem + ".");
    const auto bytes = from_hex(thumbprint);
    if (!plan.obstacles.empty() || !bytes)
        return;
    Rung rung{"pin",
              "Let the listener use the certificate " + thumbprint,
              "asked for: " + input.wanted->x509->subject,
              {SetRegistryValue{keys::rdp_tcp, pin_value, RegistryValue{reg_binary, *bytes}}}};
    rung.undo = "the value as it was";
    plan.rungs.push_back(std::move(rung));
    add_restart(input, plan);
}

void plan_link(const CertPlanInput& input, Plan& plan) {
    plan.asked_for = "the key of the certificate in use linked to it again";
    const CertificateFacts* certificate = input.facts.in_use();
    if (certificate == nullptr) {
        plan.obstacles.push_back("Which certificate the listener uses is not known, or there is none.");
        return;
    }
    if (!certificate->key && !is_absent(certificate->key)) {
        plan.obstacles.push_back("Whether certificate " + certificate->thumbprint +
                                 " has a link to its key could not be "
                                 "read: " +
                                 describe(certificate->key.error()));
        return;
    }
    if (certificate->key)
        return; // as asked
    add_cures(input, {"cert.no_private_key"}, plan);
    Rung rung{"link",
              "Find the key of certificate " + certificate->thumbprint + " on this machine and link it",
              "the certificate in the store " + certificate->store + " has no link to a private key",
              {LinkCertificateKey{certificate->store, certificate->thumbprint}}};
    rung.undo = "the link is taken away again; the key stays where it is";
    plan.rungs.push_back(std::move(rung));
    add_restart(input, plan);
}

} // namespace

bool asks_for_certificate_change(const Options& options) {
    return flag_of(options, "unpin") || flag_of(options, "repair_link") || text_of(options, "pin");
}

Plan plan_cert_options(const CertPlanInput& input) {
    Plan plan;
    plan.repair = "cert";
    const auto pin = text_of(input.options, "pin");
    const bool unpin = flag_of(input.options, "unpin"), link = flag_of(input.options, "repair_link");
    if (unpin + link + (pin ? 1 : 0) > 1) {
        plan.asked_for = "several changes of the certificate";
        plan.obstacles.push_back("Ask for one of unpin, pin and repair_link at a time.");
    } else if (unpin) {
        plan_unpin(input, plan);
    } else if (link) {
        plan_link(input, plan);
    } else if (pin) {
        plan_pin(input, *pin, plan);
    }
    return plan;
}

std::vector<OptionSpec> cert_options() {
    using Kind = OptionSpec::Kind;
    return {{"unpin", Kind::flag, "forget a chosen certificate that is gone, or whose key is"},
            {"pin", Kind::text, "thumbprint of the certificate of the store My that the listener is to use"},
            {"repair_link", Kind::flag, "find the lost key of the certificate in use and link it"}};
}

} // namespace rdpmedic
