// Does CredSSP or NTLM turn away clients that TLS lets in?
#include "probes/tls.hpp"

namespace rdpmedic::tls {
namespace {

// https://learn.microsoft.com/previous-versions/windows/it-pro/windows-2000-server/cc960646(v=technet.10)
constexpr std::uint32_t highest_lm_level = 5;

// 2 accepts clients that can be lured into running code on this host, CVE-2018-0886; 0 is the strictest choice, and
// no fault:
// https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/credssp-encryption-oracle-remediation
void judge_credssp(const Facts& facts, std::vector<Finding>& findings) {
    if (!facts.encryption_oracle || *facts.encryption_oracle == 1)
        return;
    const std::string where = label(credssp, "AllowEncryptionOracle");
    const std::string line = evidence_of(credssp, "AllowEncryptionOracle", *facts.encryption_oracle);
    if (*facts.encryption_oracle == 2)
        findings.push_back({"tls.encryption_oracle_vulnerable",
                            Severity::warning,
                            "CredSSP accepts the unpatched protocol (CVE-2018-0886): a relic of a workaround. Set "
                            "Encryption Oracle Remediation to Mitigated, and update the clients that need the old one",
                            {},
                            {line},
                            "tls",
                            where});
    else if (*facts.encryption_oracle == 0)
        findings.push_back({"tls.encryption_oracle_strict",
                            Severity::info,
                            "CredSSP turns away clients without the update against CVE-2018-0886 (Encryption Oracle "
                            "Remediation is Force Updated Clients): they see an authentication error. Update them",
                            {},
                            {line},
                            {},
                            where});
    else
        findings.push_back({"tls.invalid_value",
                            Severity::warning,
                            where + " is out of range, expected 0 to 2",
                            where,
                            {line},
                            {},
                            where});
}

// Baselines ask for 5, and clients of today speak NTLMv2: none of the documented levels is a fault.
void judge_lm_level(const Facts& facts, std::vector<Finding>& findings) {
    if (!facts.lm_compatibility || *facts.lm_compatibility <= highest_lm_level)
        return;
    const std::string where = label(lsa_key, "LmCompatibilityLevel");
    findings.push_back({"tls.invalid_value",
                        Severity::warning,
                        where + " is out of range, expected 0 to 5",
                        where,
                        {evidence_of(lsa_key, "LmCompatibilityLevel", *facts.lm_compatibility)}});
}

// With NLA, a client that reaches the host by address or from outside the domain has only NTLM. MEM: that an address
// alone means NTLM. What the value does:
// https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings/network-security-restrict-ntlm-incoming-ntlm-traffic
void judge_ntlm(const Facts& facts, std::vector<Finding>& findings) {
    if (!facts.restrict_ntlm || *facts.restrict_ntlm == 0)
        return;
    if (!facts.user_authentication || facts.user_authentication->value != 1)
        return;
    std::vector<std::string> evidence{evidence_of(ntlm_key, "RestrictReceivingNTLMTraffic", *facts.restrict_ntlm)};
    if (facts.lm_compatibility)
        evidence.push_back(evidence_of(lsa_key, "LmCompatibilityLevel", *facts.lm_compatibility));
    findings.push_back({"tls.ntlm_refused",
                        Severity::info,
                        std::string("this host refuses NTLM from ") +
                            (*facts.restrict_ntlm == 1 ? "domain accounts" : "all accounts") +
                            ", and NLA is on: users who connect by IP address, or whose client reaches no domain "
                            "controller, cannot log on",
                        {},
                        std::move(evidence)});
}

} // namespace

std::vector<Finding> judge_logon(const Facts& facts) {
    std::vector<Finding> findings;
    judge_credssp(facts, findings);
    judge_lm_level(facts, findings);
    judge_ntlm(facts, findings);
    return findings;
}

} // namespace rdpmedic::tls
