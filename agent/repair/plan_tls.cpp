// What would let clients agree with this host on TLS again, as Windows sets it up?
#include "agent/repair/plan_tls.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using tls::Facts;
using tls::ProtocolFacts;

constexpr std::uint32_t reg_dword = 4;
constexpr std::uint32_t mitigated = 1; // AllowEncryptionOracle

bool is_one_of(const Finding& finding, std::initializer_list<std::string_view> codes) {
    for (const std::string_view code : codes)
        if (finding.code == code)
            return true;
    return false;
}

class Planner {
  public:
    explicit Planner(const TlsPlanInput& input) : in_(input), facts_(input.facts) {}

    Plan run() {
        plan_.repair = "tls";
        rung_.id = "values";
        rung_.title = "Set TLS as Windows sets it up";
        rung_.undo = "each value is put back as it was";
        for (const Finding& finding : in_.findings)
            plan_finding(finding);
        if (!rung_.changes.empty()) {
            make_effective();
            plan_.rungs.push_back(std::move(rung_));
        }
        cases_.settle(plan_);
        return std::move(plan_);
    }

  private:
    void plan_finding(const Finding& finding) {
        if (finding.severity == Severity::info || finding.severity == Severity::unknown)
            return; // also everything on a host that is switched off
        if (is_one_of(finding, {"tls.protocols_disabled", "tls.tls12_disabled"}))
            return plan_tls12(finding);
        if (finding.code == "tls.tls13_unsafe")
            return plan_tls13(finding);
        if (finding.code == "tls.encryption_oracle_vulnerable")
            return plan_credssp(finding);
        if (is_one_of(finding, {"tls.cipher_list_empty", "tls.no_rsa_suite", "tls.no_ecdsa_suite"}))
            return plan_suites(finding);
        if (finding.severity == Severity::critical)
            cases_.hindered(finding, finding.text + ". No repair changes that: it is for a person to say.");
    }

    void set(const RegistryPath& key, const char* name, std::optional<std::uint32_t> value) {
        std::optional<RegistryValue> typed;
        if (value)
            typed = RegistryValue{reg_dword, *value};
        rung_.changes.push_back(SetRegistryValue{key, name, std::move(typed)});
    }

    void cures(const Finding& finding) {
        rung_.why += (rung_.why.empty() ? "" : "; ") + finding.text;
        cases_.curable(finding);
    }

    const ProtocolFacts* protocol(std::string_view version) const {
        for (const ProtocolFacts& one : facts_.protocols)
            if (one.version == version)
                return &one;
        return nullptr;
    }

    // Only what switches it off is changed; nothing is made where nothing was.
    // https://learn.microsoft.com/windows-server/security/tls/tls-registry-settings
    void plan_tls12(const Finding& finding) {
        const ProtocolFacts* tls12 = protocol("TLS 1.2");
        if (tls12 == nullptr || !tls::switches_tls12_off(facts_))
            return cases_.hindered(finding,
                                   finding.text + ". TLS 1.2 is not what is switched off here: set it by hand.");
        if (tls12->enabled && *tls12->enabled == 0)
            set(tls12->key, "Enabled", 1);
        if (tls12->disabled_by_default && *tls12->disabled_by_default != 0)
            set(tls12->key, "DisabledByDefault", 0);
        read_at_start_ = true;
        cures(finding);
    }

    // https://learn.microsoft.com/windows/win32/secauthn/protocols-in-tls-ssl--schannel-ssp-
    void plan_tls13(const Finding& finding) {
        const ProtocolFacts* tls13 = protocol("TLS 1.3");
        if (tls13 == nullptr)
            return;
        set(tls13->key, "Enabled", std::nullopt);
        if (tls13->disabled_by_default)
            set(tls13->key, "DisabledByDefault", std::nullopt);
        read_at_start_ = true;
        cures(finding);
    }

    // Counts for the next connection. Whether a policy set it cannot be told from the value: the key is the policy's.
    void plan_credssp(const Finding& finding) {
        set(tls::credssp, "AllowEncryptionOracle", mitigated);
        rung_.disruption =
            "clients without the updates for CVE-2018-0886 are turned away; a Group Policy that sets the "
            "value brings it back";
        cures(finding);
    }

    // The list of a policy is somebody's decision, and a change of it counts after a restart of the computer:
    // https://learn.microsoft.com/windows/win32/secauthn/prioritizing-schannel-cipher-suites
    void plan_suites(const Finding& finding) {
        if (finding.policy.empty())
            return cases_.hindered(finding, finding.text +
                                                ". The list is the host's own: compare it with a host of the "
                                                "same version of Windows.");
        if (!tls::serves_without_policy(facts_))
            return cases_.hindered(finding, finding.text + " (" + finding.policy +
                                                "). Without the policy the host's own list would not serve either.");
        if (!flag_of(in_.options, "remove_cipher_policy"))
            return cases_.hindered(finding,
                                   finding.text + " (" + finding.policy +
                                       "). Change the policy, or ask with remove_cipher_policy=true to take the "
                                       "list out of this host.");
        set(tls::suites_policy, "Functions", std::nullopt);
        needs_restart_ = true;
        cures(finding);
    }

    // Schannel reads its settings when a process acquires credentials, and the listener does so when it starts.
    void make_effective() {
        const auto& service = in_.services.term_service;
        if (needs_restart_) {
            wait_for_restart("a Group Policy of a domain brings its list of cipher suites back");
        } else if (read_at_start_ && service && service->state == ServiceState::running) {
            Restart restart = restart_term_service(in_.services);
            if (!restart.obstacle.empty())
                return wait_for_restart("TermService cannot be restarted: " + restart.obstacle);
            also_disrupts(restart.disruption);
            put_between(std::move(restart.changes));
            rung_.disconnects_sessions = true;
            plan_.sessions = cut_off_by_restart(in_.sessions);
        }
    }

    // Between the stops and the starts, so that TermService is restarted with the old values, too, if they go back.
    void put_between(std::vector<Change> restart) {
        const auto first_start = std::find_if(restart.begin(), restart.end(), [](const Change& change) {
            const auto* service = std::get_if<SetServiceState>(&change);
            return service != nullptr && service->state == ServiceState::running;
        });
        restart.insert(first_start, rung_.changes.begin(), rung_.changes.end());
        rung_.changes = std::move(restart);
    }

    void wait_for_restart(const std::string& note) {
        rung_.takes_effect_at_restart = true;
        rung_.why += "; " + note;
        also_disrupts("none until Windows is restarted, which this repair does not do");
    }

    void also_disrupts(const std::string& text) {
        rung_.disruption = rung_.disruption == "none" ? text : rung_.disruption + "; " + text;
    }

    const TlsPlanInput& in_;
    const Facts& facts_;
    Rung rung_{};
    bool read_at_start_ = false, needs_restart_ = false;
    Plan plan_;
    Cases cases_;
};

} // namespace

Plan plan_tls(const TlsPlanInput& input) { return Planner(input).run(); }

} // namespace rdpmedic
