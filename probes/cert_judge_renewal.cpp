// Can Windows make the next self-signed certificate?
#include "probes/cert_judge.hpp"
#include "probes/formats/key_container.hpp"
#include "probes/formats/sddl.hpp"
#include "probes/registry.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::cert {
namespace {

bool uses_own(const CertFacts& facts) { return facts.source == Source::self_signed || facts.source == Source::none; }

bool store_is_overridden(const CertFacts& facts) {
    return facts.store_override && !same_ignoring_case(*facts.store_override, remote_desktop_store);
}

// One registry key of the store, as far as its list could be read.
struct StoreKey {
    std::string key;
    const Result<Bytes>& security;
};

std::array<StoreKey, 2> store_keys(const CertFacts& facts) {
    return {StoreKey{keys::remote_desktop_store.key, facts.store_security},
            StoreKey{keys::remote_desktop_store.key + "\\Certificates", facts.store_certificates_security}};
}

struct StoreAccess {
    std::vector<std::string> denied; // "HKLM\...: D:(D;;0x4;;;SY)..."
    bool curable = true;             // without the denies that were set on the key itself, SYSTEM may write
};

// SYSTEM, as which SessionEnv runs, must be able to write a certificate into the store.
StoreAccess store_access(const CertFacts& facts) {
    StoreAccess result;
    for (const StoreKey& key : store_keys(facts)) {
        if (!key.security)
            continue;
        const auto descriptor = parse_security_descriptor(*key.security);
        if (!descriptor)
            continue;
        const auto allowed = [](const SecurityDescriptor& list) {
            return access_of(list, system_sids(), key_rights).grants_surely(store_write);
        };
        if (allowed(*descriptor))
            continue;
        result.denied.push_back("HKLM\\" + key.key + ": " + to_sddl(*descriptor));
        result.curable = result.curable && allowed(without_denies(*descriptor, sids::system, store_write, key_rights));
    }
    return result;
}

// Empty: as Windows sets it up, or not known.
std::string folder_drift(const CertFacts& facts) {
    if (!facts.machine_keys_security)
        return {};
    const auto descriptor = parse_security_descriptor(*facts.machine_keys_security);
    if (!descriptor)
        return {};
    if (folder_is_as_expected(*descriptor))
        return {};
    return "permissions of " + std::string(machine_keys_folder) + ": " + to_sddl(*descriptor);
}

// Tells the reason, where SessionEnv can never run.
std::string session_env_is_off(const CertFacts& facts) {
    const auto found = facts.services.find("SessionEnv");
    if (found == facts.services.end())
        return {};
    if (is_absent(found->second))
        return "the service SessionEnv does not exist";
    if (found->second && found->second->start == StartType::disabled)
        return "the service SessionEnv is disabled";
    return {};
}

void judge_lists(const CertFacts& facts, Findings& findings) {
    const auto report = [&](const std::string& what, const Result<Bytes>& security) {
        if (is_unreadable(security))
            findings.push_back(unknown("cert", what, security.error()));
        if (!security)
            return;
        if (const auto parsed = parse_security_descriptor(*security); !parsed)
            findings.push_back(unknown("cert", what, parsed.error()));
    };
    report("permissions of " + std::string(machine_keys_folder), facts.machine_keys_security);
    for (const StoreKey& key : store_keys(facts))
        report("permissions of HKLM\\" + key.key, key.security);
}

// A certificate must come now: there is none, or it has expired.
bool is_due(const CertFacts& facts, const JudgeContext& context) {
    const CertificateFacts* certificate = facts.in_use();
    return facts.source == Source::none ||
           (certificate && certificate->x509 && certificate->x509->not_after < context.now);
}

void judge_folder(const CertFacts& facts, Findings& findings) {
    const std::string drift = folder_drift(facts);
    if (drift.empty())
        return;
    Finding finding{"cert.machinekeys_acl", Severity::warning,
                    "the folder of the machine keys does not have the permissions of Windows: the key of the next "
                    "certificate will not get the right ones"};
    finding.evidence = {drift, "Windows sets O:SYG:SYD:PAI(A;;0x12019f;;;WD)(A;;0x1f01ff;;;BA)"};
    const auto descriptor = parse_security_descriptor(*facts.machine_keys_security);
    if (descriptor && folder_is_as_expected(with_grants(*descriptor, expected_folder_grants(), file_rights)))
        finding.repair = "machinekeys";
    findings.push_back(finding);
}

void judge_store(const CertFacts& facts, const JudgeContext& context, Findings& findings) {
    const StoreAccess access = store_access(facts);
    if (access.denied.empty())
        return;
    Finding finding{"cert.store_denied", Severity::info,
                    "SYSTEM may not write to the store Remote Desktop: Windows cannot store a new RDP certificate"};
    if (uses_own(facts))
        finding.severity = is_due(facts, context) ? Severity::critical : Severity::warning;
    finding.evidence = access.denied;
    if (access.curable && uses_own(facts))
        finding.repair = "cert";
    findings.push_back(finding);
}

void judge_none(const CertFacts& facts, Findings& findings) {
    const std::vector<Obstacle> obstacles = renewal_obstacles(facts);
    const bool blocked = std::any_of(obstacles.begin(), obstacles.end(), [](const auto& one) { return one.blocks; });
    Finding finding{"cert.none", Severity::info,
                    "there is no RDP certificate yet; Windows makes one when Remote Desktop Services starts"};
    if (!obstacles.empty()) {
        finding.severity = blocked ? Severity::critical : Severity::warning;
        finding.text = blocked ? "there is no RDP certificate, and Windows cannot make one"
                               : "there is no RDP certificate yet, and Windows may fail to make one";
    }
    finding.evidence = {"certificates in Remote Desktop: 0"};
    for (const Obstacle& obstacle : obstacles)
        finding.evidence.push_back(obstacle.text);
    findings.push_back(finding);
}

void judge_several(const CertFacts& facts, Findings& findings) {
    const auto own = std::count_if(facts.certificates.begin(), facts.certificates.end(),
                                   [](const CertificateFacts& one) { return one.store == remote_desktop_store; });
    if (own < 2)
        return;
    Finding finding{"cert.several_self_signed", Severity::warning,
                    "the store Remote Desktop holds " + std::to_string(own) + " certificates where Windows keeps one"};
    for (const CertificateFacts& one : facts.certificates)
        finding.evidence.push_back(describe(one));
    findings.push_back(finding);
}

} // namespace

std::vector<Obstacle> renewal_obstacles(const CertFacts& facts) {
    std::vector<Obstacle> obstacles;
    if (const std::string off = session_env_is_off(facts); !off.empty())
        obstacles.push_back({off, true});
    // https://learn.microsoft.com/troubleshoot/windows-server/remote/internal-error-has-occurred-connecting-remote-machine
    for (const char* name : {"CertPropSvc", "CryptSvc", "KeyIso"}) {
        const auto found = facts.services.find(name);
        if (found != facts.services.end() && found->second && found->second->start == StartType::disabled)
            obstacles.push_back({"the service " + std::string(name) + " is disabled", false});
    }
    if (store_is_overridden(facts))
        obstacles.push_back(
            {label(keys::win_stations, "SelfSignedCertStore") + " = '" + *facts.store_override + "'", true});
    for (const std::string& denied : store_access(facts).denied)
        obstacles.push_back({"SYSTEM may not write to " + denied, true});
    if (const std::string drift = folder_drift(facts); !drift.empty())
        obstacles.push_back({drift, false});
    return obstacles;
}

std::string renewal_repair(const CertFacts& facts) {
    // A connection broker hands out certificates of its own, and a store key that only a policy opens stays shut.
    const bool hopeless = facts.source != Source::self_signed || !session_env_is_off(facts).empty() ||
                          store_is_overridden(facts) || !store_access(facts).curable ||
                          (facts.connection_broker && *facts.connection_broker);
    return hopeless ? std::string{} : "cert";
}

void judge_renewal(const CertFacts& facts, const JudgeContext& context, Findings& findings) {
    if (store_is_overridden(facts)) {
        Finding finding{"cert.store_override", uses_own(facts) ? Severity::critical : Severity::warning,
                        "Windows is told to keep its RDP certificate in another store, which stops it from making one"};
        finding.evidence = {label(keys::win_stations, "SelfSignedCertStore") + " = '" + *facts.store_override + "'"};
        findings.push_back(finding);
    }
    judge_store(facts, context, findings);
    if (!uses_own(facts))
        return;
    judge_lists(facts, findings);
    judge_folder(facts, findings);
    const auto session_env = facts.services.find("SessionEnv");
    if (is_due(facts, context) && session_env != facts.services.end() && is_unreadable(session_env->second))
        findings.push_back(unknown("cert", "service SessionEnv", session_env->second.error()));
    if (facts.source == Source::none)
        judge_none(facts, findings);
    judge_several(facts, findings);
}

} // namespace rdpmedic::cert
