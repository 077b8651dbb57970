// Can the listener use the private key of its certificate?
#include "probes/cert_judge.hpp"
#include "probes/formats/sddl.hpp"

namespace rdpmedic::cert {
namespace {

// NTE_BAD_PUBLIC_KEY. https://learn.microsoft.com/windows/win32/com/com-error-codes-4
constexpr std::uint32_t key_does_not_match = 0x80090015;

std::string key_text(const CertificateFacts& certificate) {
    return "key '" + certificate.key->container + "' of " + certificate.key->provider;
}

Finding about_key(const CertificateFacts& certificate, std::string code, Severity severity, std::string text) {
    Finding finding{std::move(code), severity, std::move(text)};
    finding.evidence.push_back(describe(certificate));
    if (certificate.key)
        finding.evidence.push_back(key_text(certificate));
    if (certificate.key_file)
        finding.evidence.push_back("key file " + *certificate.key_file);
    // Only a hint: the key of the self-signed certificate is closed to administrators on healthy hosts, too.
    if (certificate.key_usable.has_error() && certificate.key_usable.error().code != Errc::unsupported)
        finding.evidence.push_back("this process cannot use the key: " +
                                   rdpmedic::describe(certificate.key_usable.error()));
    return finding;
}

// Words beside the masks: "has none of the rights that reading takes (0x0 of 0x120089), and none is denied (0x0)".
std::string rights_of_network_service(const Access& access) {
    const std::uint32_t granted = access.in_order & key_read, denied = access.denied & key_read;
    const auto amount = [](std::uint32_t mask) { return mask == 0 ? "none" : mask == key_read ? "all" : "some"; };
    return std::string("NETWORK SERVICE has ") + amount(granted) + " of the rights that reading takes (" +
           rights_text(granted) + " of " + rights_text(key_read) + "), and " + amount(denied) +
           (denied == 0 ? " is" : " are") + " denied (" + rights_text(denied) + ")";
}

void judge_access(const CertificateFacts& certificate, Findings& findings) {
    if (!certificate.network_service) {
        // Not the same as a list without the right: nothing is known about who may read the key.
        findings.push_back(unknown("cert", "permissions of the key file " + *certificate.key_file,
                                   certificate.network_service.error()));
        return;
    }
    const Access& access = *certificate.network_service;
    if (access.grants_surely(key_read))
        return;
    const bool works = access.grants(key_read);
    Finding finding = about_key(
        certificate, "cert.key_unreadable", works ? Severity::warning : Severity::critical,
        works ? "an entry that denies NETWORK SERVICE the private key stands behind the one that allows it: it works "
                "now, and stops when a tool sorts the list"
              : "NETWORK SERVICE, the account of Remote Desktop Services, may not read the private key of the "
                "certificate: every client is dropped when TLS begins");
    finding.evidence.push_back(rights_of_network_service(access));
    const auto descriptor = parse_security_descriptor(*certificate.key_security);
    if (descriptor) {
        finding.evidence.push_back("permissions of the key file: " + to_sddl(*descriptor));
        const std::vector<Grant> needed{{std::string(sids::network_service), key_read}};
        const SecurityDescriptor cured = with_grants(*descriptor, needed, file_rights);
        if (!works && access_of(cured, term_service_sids(), file_rights).grants(key_read))
            finding.repair = "cert";
    }
    findings.push_back(finding);
}

void judge_file(const CertFacts& facts, const CertificateFacts& certificate, Findings& findings) {
    const bool no_file =
        certificate.key_file ? is_absent(certificate.file) : certificate.key_file.error().code == Errc::unsupported;
    if (no_file && certificate.key_usable) {
        findings.push_back(
            about_key(certificate, "cert.key_not_a_file", Severity::info,
                      "the private key works and is in no file whose permissions could be judged (a "
                      "TPM, a smart card, another provider): the handshake shows whether RDP can use it"));
        return;
    }
    if (!certificate.key_file) {
        // The same words for the key of another provider and for a MachineGuid that cannot be read: not known.
        findings.push_back(unknown("cert", "private key of " + describe(certificate), certificate.key_file.error()));
        return;
    }
    if (!is_absent(certificate.file))
        return judge_access(certificate, findings);
    if (certificate.key_kind != KeyKind::legacy) {
        findings.push_back(unknown("cert", "key file of " + describe(certificate), certificate.file.error()));
        return;
    }
    Finding finding =
        about_key(certificate, "cert.key_missing", Severity::critical,
                  "the private key of the certificate that RDP presents is gone: its file does not exist");
    if (facts.source == Source::self_signed)
        finding.repair = renewal_repair(facts);
    findings.push_back(finding);
}

} // namespace

void judge_key(const CertFacts& facts, const CertificateFacts& certificate, Findings& findings) {
    const bool own = facts.source == Source::self_signed;
    if (is_absent(certificate.key)) {
        Finding finding = about_key(certificate, "cert.no_private_key", Severity::critical,
                                    "the certificate that RDP presents has no link to a private key");
        if (own)
            finding.repair = renewal_repair(facts);
        findings.push_back(finding);
        return;
    }
    if (!certificate.key) {
        findings.push_back(unknown("cert", "private key of " + describe(certificate), certificate.key.error()));
        return;
    }
    if (certificate.key_usable.has_error() && certificate.key_usable.error().native == key_does_not_match) {
        Finding finding = about_key(certificate, "cert.key_mismatch", Severity::critical,
                                    "the private key does not belong to the certificate that RDP presents");
        if (own && certificate.key_kind == KeyKind::legacy)
            finding.repair = renewal_repair(facts);
        findings.push_back(finding);
        return;
    }
    if (!certificate.key->machine_keyset) {
        // DERIVED: the account of the listener looks for such a key in its own profile. Concluded from
        // https://learn.microsoft.com/windows/win32/seccrypto/machine-keysets, not seen on a host.
        findings.push_back(
            about_key(certificate, "cert.key_not_machine", Severity::warning,
                      "the private key of the certificate that RDP presents is in a user's key set, where "
                      "Remote Desktop Services does not find it"));
        return;
    }
    judge_file(facts, certificate, findings);
}

} // namespace rdpmedic::cert
