// Can a client agree with this host on a TLS version and a cipher suite?
#include "probes/tls.hpp"

#include "probes/rdp_switch.hpp"

#include <algorithm>

namespace rdpmedic::tls {
namespace {

constexpr std::string_view id = "tls";
// "a maximum length of 1023 characters": https://learn.microsoft.com/windows-server/security/tls/manage-tls
constexpr std::size_t longest_policy = 1023;
// Bits of a Diffie-Hellman key that clients agree to. Windows takes none below 1024, if not told otherwise:
// https://learn.microsoft.com/windows-server/security/tls/tls-registry-settings
// MEM: other clients have limits above 4096.
constexpr std::uint32_t least_dh_key = 1024, most_dh_key = 4096;

bool speaks(VersionState state) { return state == VersionState::on || state == VersionState::unknown; }

// Collects the findings of one round.
class Judge {
  public:
    explicit Judge(const Facts& facts) : facts_(facts), suites_(suites_of(facts)) {
        for (const ProtocolFacts& protocol : facts.protocols)
            states_[protocol.version] = state_of(protocol, facts.build);
    }

    std::vector<Finding> findings() {
        judge_readability();
        judge_versions();
        judge_tls13();
        judge_suites();
        judge_key_length();
        judge_fips();
        for (Finding& finding : judge_logon(facts_))
            add(std::move(finding));
        return std::move(findings_);
    }

  private:
    // Nothing is a fault of a host on which Remote Desktop is switched off: the probe termservice says so.
    void add(Finding finding) {
        if (is_switched_off(facts_.deny_connections) || is_absent(facts_.deny_connections))
            lower_to_note(finding);
        findings_.push_back(std::move(finding));
    }

    // A wrong type is a finding, any other failure unknown; "not set" is neither.
    template <class T>
    void judge_read(const Result<T>& value, std::string subject) {
        if (!is_unreadable(value))
            return;
        if (value.error().code != Errc::malformed)
            return add(unknown(id, std::move(subject), value.error()));
        // DERIVED: Windows goes on as if the value were not set.
        add({"tls.invalid_value",
             Severity::warning,
             subject + " has a registry type that Windows cannot use",
             subject,
             {value.error().where}});
    }

    void judge_readability() {
        for (const ProtocolFacts& protocol : facts_.protocols) {
            judge_read(protocol.enabled, label(protocol.key, "Enabled"));
            judge_read(protocol.disabled_by_default, label(protocol.key, "DisabledByDefault"));
        }
        for (const AlgorithmFacts& algorithm : facts_.algorithms) {
            judge_read(algorithm.enabled, label(algorithm.key, "Enabled"));
            if (algorithm.server_min_key)
                judge_read(*algorithm.server_min_key, label(algorithm.key, "ServerMinKeyBitLength"));
        }
        for (const auto& [key, error] : facts_.unread)
            add(unknown(id, key, error));
        judge_read(facts_.policy_suites, label(suites_policy, "Functions"));
        if (is_absent(facts_.policy_suites))
            judge_read(facts_.local_suites, label(suites_local, "Functions"));
        judge_curves_read();
        judge_read(facts_.fips, label(fips_key, "Enabled"));
        judge_read(facts_.encryption_oracle, label(credssp, "AllowEncryptionOracle"));
        judge_read(facts_.restrict_ntlm, label(ntlm_key, "RestrictReceivingNTLMTraffic"));
        judge_read(facts_.lm_compatibility, label(lsa_key, "LmCompatibilityLevel"));
    }

    // A key that cannot be read lacks its suites too, which has been said; but not of the host's under a policy's.
    void judge_curves_read() {
        const auto is_malformed = [](const Result<ListFacts>& list) {
            return !list && list.error().code == Errc::malformed;
        };
        if (is_malformed(facts_.policy_curves))
            judge_read(facts_.policy_curves, label(suites_policy, "EccCurves"));
        else if (is_absent(facts_.policy_curves) &&
                 (is_malformed(facts_.local_curves) || !is_absent(facts_.policy_suites)))
            judge_read(facts_.local_curves, label(suites_local, "EccCurves"));
        if (!curves_of(facts_).known)
            add(unknown(id, "whether this Windows reads the list of elliptic curves", facts_.build.error()));
    }

    // What the registry says of all versions.
    std::vector<std::string> version_evidence() const {
        std::vector<std::string> lines;
        for (const ProtocolFacts& protocol : facts_.protocols) {
            if (protocol.enabled)
                lines.push_back(evidence_of(protocol.key, "Enabled", *protocol.enabled));
            if (protocol.disabled_by_default)
                lines.push_back(evidence_of(protocol.key, "DisabledByDefault", *protocol.disabled_by_default));
        }
        lines.push_back(facts_.build ? "build of Windows " + std::to_string(*facts_.build)
                                     : "build of Windows: " + describe(facts_.build.error()));
        return lines;
    }

    bool any(VersionState state) const {
        return std::any_of(states_.begin(), states_.end(), [state](const auto& row) { return row.second == state; });
    }

    // No common version is event 36871 with the state 10013:
    // https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/event-id-troubleshoot-vm-rdp-connecton
    void judge_versions() {
        const auto is_set = [](const ProtocolFacts& protocol) {
            return protocol.enabled || protocol.disabled_by_default;
        };
        if (std::none_of(facts_.protocols.begin(), facts_.protocols.end(), is_set))
            return; // Windows as installed always has a version
        if (!any(VersionState::on)) {
            if (any(VersionState::unknown))
                return add(unknown(
                    id, "whether a version of TLS is left",
                    facts_.build ? Error{Errc::unsupported, 0, "the defaults of build " + std::to_string(*facts_.build)}
                                 : facts_.build.error()));
            Finding finding{
                "tls.protocols_disabled", Severity::critical,
                "no version of TLS is switched on for servers: every connection ends when TLS begins. Remove "
                "Enabled and DisabledByDefault of TLS 1.2\\Server and restart Windows"};
            finding.evidence = version_evidence();
            finding.repair = switches_tls12_off(facts_) ? "tls" : "";
            return add(std::move(finding));
        }
        judge_tls12();
    }

    void judge_tls12() {
        const VersionState state = states_["TLS 1.2"];
        if (state != VersionState::off && state != VersionState::on_request)
            return;
        // On Windows 7 it is off as installed.
        if (facts_.build && default_state("TLS 1.2", *facts_.build) == VersionState::off)
            return;
        Finding finding{
            "tls.tls12_disabled", state == VersionState::off ? Severity::critical : Severity::warning,
            state == VersionState::off
                ? "TLS 1.2 is switched off for servers: clients that offer nothing else are turned away"
                : "TLS 1.2 is off by default for servers: clients get it only where the program asks for it"};
        finding.evidence = version_evidence();
        finding.repair = switches_tls12_off(facts_) ? "tls" : "";
        add(std::move(finding));
    }

    // https://learn.microsoft.com/windows/win32/secauthn/protocols-in-tls-ssl--schannel-ssp-
    void judge_tls13() {
        const auto found = std::find_if(facts_.protocols.begin(), facts_.protocols.end(),
                                        [](const ProtocolFacts& protocol) { return protocol.version == "TLS 1.3"; });
        if (found == facts_.protocols.end() || !found->enabled || *found->enabled == 0)
            return;
        if (!facts_.build)
            return add(unknown(id, "whether this Windows supports TLS 1.3", facts_.build.error()));
        if (default_state("TLS 1.3", *facts_.build) != VersionState::unsupported)
            return;
        add({"tls.tls13_unsafe",
             Severity::warning,
             "TLS 1.3 is switched on for servers, and this Windows does not support it: handshakes can fail. Remove "
             "the value",
             {},
             {evidence_of(found->key, "Enabled", *found->enabled), "build of Windows " + std::to_string(*facts_.build)},
             "tls"});
    }

    Finding suite_finding(const char* code, Severity severity, std::string text) const {
        Finding finding{code, severity, std::move(text)};
        const RegistryPath& key = suites_.from_policy ? suites_policy : suites_local;
        std::string line = label(key, "Functions");
        if (suites_.from_policy ? !facts_.policy_suites : !facts_.local_suites)
            line += " is not set, so that the usual suites of Windows count";
        else
            line += ": " + std::to_string(suites_.listed.size()) + " cipher suites";
        finding.evidence.push_back(std::move(line));
        if (suites_.from_policy)
            finding.policy = label(key, "Functions");
        if (serves_without_policy(facts_))
            finding.repair = "tls";
        return finding;
    }

    void judge_suites() {
        if (!suites_.known)
            return; // judge_readability has said so
        if (facts_.policy_suites && facts_.policy_suites->characters > longest_policy) {
            Finding finding =
                suite_finding("tls.cipher_policy_too_long", Severity::warning,
                              "the policy lists cipher suites in " + std::to_string(facts_.policy_suites->characters) +
                                  " characters, and Windows takes at most 1023: what stands behind is lost");
            finding.repair.clear();
            add(std::move(finding));
        }
        if (suites_.listed.empty())
            return add(suite_finding("tls.cipher_list_empty", Severity::critical,
                                     "the list of cipher suites is empty: no client can agree with this host"));
        judge_suites_left();
    }

    void judge_suites_left() {
        const bool old_versions =
            speaks(states_["TLS 1.0"]) || speaks(states_["TLS 1.1"]) || states_["TLS 1.2"] != VersionState::off;
        const bool tls13 = speaks(states_["TLS 1.3"]) && serves(suites_.left, SuiteCertificate::any);
        if (!old_versions)
            return; // judge_versions has said what that means
        const bool rsa = serves(suites_.left, SuiteCertificate::rsa);
        const bool ecdsa = serves(suites_.left, SuiteCertificate::ecdsa);
        if (rsa && ecdsa)
            return;
        if (!facts_.certificate_key)
            return add(unknown(id, "which key the listener's certificate has", facts_.certificate_key.error()));
        const std::string& key = *facts_.certificate_key;
        const bool is_rsa = key == "RSA";
        const SuiteCertificate wanted = is_rsa ? SuiteCertificate::rsa : SuiteCertificate::ecdsa;
        if (!is_rsa && key != "EC")
            return;
        if (serves(suites_.curveless, wanted))
            return add(curve_finding(is_rsa && rsa));
        if (is_rsa ? rsa : ecdsa)
            return;
        const bool listed = std::any_of(suites_.listed.begin(), suites_.listed.end(), [&](const CipherSuite& suite) {
            return suite.current && suite.certificate == wanted;
        });
        Finding finding = suite_finding(
            listed   ? "tls.algorithms_disabled"
            : is_rsa ? "tls.no_rsa_suite"
                     : "tls.no_ecdsa_suite",
            tls13 ? Severity::warning : Severity::critical,
            std::string(listed ? "switched-off algorithms leave no cipher suite"
                               : "the list of cipher suites has none") +
                " that works with the " + key + " certificate of the listener" +
                (tls13 ? " below TLS 1.3: only clients with TLS 1.3 can connect" : ": no client can connect"));
        if (listed)
            finding.repair.clear();
        add_algorithms(finding);
        add(std::move(finding));
    }

    // "New curve priority lists become active on the next reboot":
    // https://learn.microsoft.com/windows-server/security/tls/manage-tls
    Finding curve_finding(bool others_serve) const {
        const bool from_policy = curves_of(facts_).from_policy;
        const std::string where = label(from_policy ? suites_policy : suites_local, "EccCurves");
        Finding finding{"tls.curve_list_empty", others_serve ? Severity::warning : Severity::critical,
                        std::string("the list of elliptic curves is empty, which leaves no cipher suite with ECDHE: ") +
                            (others_serve ? "clients that offer nothing else cannot connect"
                                          : "none that works with the listener's certificate is left, and no client "
                                            "can connect") +
                            ". Put NistP256 and NistP384 on the list or take the list away, and restart Windows"};
        finding.evidence = {where + ": no curve", std::to_string(suites_.left.size()) + " of " +
                                                      std::to_string(suites_.listed.size()) +
                                                      " cipher suites work without a curve"};
        if (from_policy)
            finding.policy = where;
        return finding;
    }

    // Of no consequence where no suite with such a key counts. 0 is taken for not set.
    void judge_key_length() {
        const bool used = std::any_of(suites_.left.begin(), suites_.left.end(),
                                      [](const CipherSuite& suite) { return suite.key_exchange == "Diffie-Hellman"; });
        for (const AlgorithmFacts& algorithm : facts_.algorithms) {
            if (!used || !algorithm.server_min_key || !*algorithm.server_min_key)
                continue;
            const std::uint32_t bits = **algorithm.server_min_key;
            if (bits == 0 || (bits >= least_dh_key && bits <= most_dh_key))
                continue;
            const std::string subject = label(algorithm.key, "ServerMinKeyBitLength");
            add({"tls.min_key_length",
                 Severity::warning,
                 "Diffie-Hellman keys of " + std::to_string(bits) + " bits are " +
                     (bits < least_dh_key ? "shorter than clients accept" : "longer than many clients accept") +
                     ": a connection that agrees on a cipher suite with DHE fails. Set 2048, or take the value away",
                 subject,
                 {evidence_of(algorithm.key, "ServerMinKeyBitLength", bits)}});
        }
    }

    static bool serves(const std::vector<CipherSuite>& suites, SuiteCertificate certificate) {
        return std::any_of(suites.begin(), suites.end(),
                           [=](const CipherSuite& suite) { return suite.certificate == certificate; });
    }

    void add_algorithms(Finding& finding) const {
        for (const AlgorithmFacts& algorithm : facts_.algorithms)
            if (algorithm.enabled && *algorithm.enabled == 0)
                finding.evidence.push_back(evidence_of(algorithm.key, "Enabled", 0));
    }

    // https://learn.microsoft.com/troubleshoot/windows-server/remote/rdp-client-disconnects-cannot-reconnect-same-session
    void judge_fips() {
        if (!facts_.security_layer || facts_.security_layer->value != 0)
            return;
        const Setting& layer = *facts_.security_layer;
        Finding finding{
            "tls.fips_without_tls", Severity::warning,
            "FIPS encryption is required and the listener offers no TLS (SecurityLayer 0): most clients are "
            "turned away"};
        finding.evidence = {label(layer.key, layer.name) + " = 0"};
        if (layer.from_policy)
            finding.policy = label(layer.key, layer.name);
        const std::size_t before = finding.evidence.size();
        if (facts_.fips && *facts_.fips == 1)
            finding.evidence.push_back(evidence_of(fips_key, "Enabled", 1));
        if (facts_.min_encryption_level && facts_.min_encryption_level->value == 4)
            finding.evidence.push_back(label(facts_.min_encryption_level->key, facts_.min_encryption_level->name) +
                                       " = 4");
        if (finding.evidence.size() > before)
            add(std::move(finding));
    }

    const Facts& facts_;
    Suites suites_;
    std::map<std::string, VersionState> states_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> judge(const Facts& facts, const JudgeContext&) { return Judge(facts).findings(); }

} // namespace rdpmedic::tls
