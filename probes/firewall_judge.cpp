// What of the firewall keeps RDP clients out, and who must change it?
#include "probes/firewall.hpp"
#include "probes/firewall_blocks.hpp"
#include "probes/termservice.hpp"

#include <algorithm>

namespace rdpmedic::firewall {
namespace {

constexpr std::uint16_t default_port = 3389;
constexpr std::uint8_t tcp = 6, udp = 17;

std::string evidence_of(const RuleReference& rule) {
    std::string text = label(rule.store, rule.id) + " (" + name_of(rule.origin) + ")";
    return rule.detail.empty() ? text : text + ", " + rule.detail;
}

std::string evidence_of(const ProfileSetting& setting) {
    return evidence_of(setting.setting) + " (" + name_of(setting.origin) + ")";
}

std::string policy_of(const RuleReference& rule) {
    return rule.origin == Origin::local ? "" : label(rule.store, rule.id);
}

std::string policy_of(const ProfileSetting& setting) {
    return setting.origin == Origin::local ? "" : label(setting.setting.key, setting.setting.name);
}

// What is asked of the firewall, and how bad a "no" is.
struct Question {
    Connection connection;
    bool rdp_on = true;
    std::vector<RuleStore> stores;
    bool stores_complete = true;

    std::string port_text() const {
        return (connection.protocol == udp ? "UDP " : "TCP ") + std::to_string(connection.port);
    }
};

class Judge {
  public:
    Judge(const Facts& facts, const JudgeContext& context) : facts_(facts), context_(context) {}

    std::vector<Finding> run() {
        if (no_firewall_here()) {
            add(unknown(
                "firewall", "the Windows Firewall",
                {Errc::unsupported, 0, "this system has neither the services MpsSvc and BFE nor firewall rules"}));
            return std::move(findings_);
        }
        if (!ask())
            return std::move(findings_);
        judge_service("MpsSvc", facts_.firewall_service);
        judge_service("BFE", facts_.filter_engine);
        judge_refused();
        judge_profiles();
        for (Finding& finding : judge_policies(facts_.policies, facts_.profile_keys, facts_.active,
                                               question_.connection, question_.rdp_on))
            add(std::move(finding));
        judge_drops(facts_.drops, {question_.connection.port, question_.rdp_on}, context_, findings_);
        return std::move(findings_);
    }

  private:
    void add(Finding finding) { findings_.push_back(std::move(finding)); }

    // What Wine looks like: nothing to judge, and neither healthy nor broken.
    bool no_firewall_here() const {
        const bool no_rules = std::all_of(facts_.stores.begin(), facts_.stores.end(),
                                          [](const StoreFacts& store) { return is_absent(store.read); });
        return no_rules && is_absent(facts_.firewall_service) && is_absent(facts_.filter_engine);
    }

    // Fills the question; false when the port is not known, because then nothing can be asked.
    bool ask() {
        if (is_unreadable(facts_.rdp_denied) && facts_.rdp_denied.error().code != Errc::malformed)
            add(unknown("firewall", "whether RDP is switched on", facts_.rdp_denied.error()));
        // Not set means off, the state in which Windows is installed.
        question_.rdp_on = facts_.rdp_denied ? facts_.rdp_denied->value == 0 : is_unreadable(facts_.rdp_denied);
        const Result<Connection> connection = connection_of(facts_);
        if (!connection) {
            add(unknown("firewall", "the port of RDP-Tcp", connection.error()));
            return false;
        }
        question_.connection = *connection;
        for (const StoreFacts& store : facts_.stores) {
            question_.stores.push_back(store.store);
            if (!is_unreadable(store.read))
                continue;
            question_.stores_complete = false;
            const std::string rules = std::string("the rules of ") + name_of(store.store.origin);
            add(unknown("firewall", store.subject.empty() ? rules : store.subject, store.read.error()));
        }
        return true;
    }

    // Surely on: nothing is opened for a host on which that could not be read.
    bool rdp_is_on() const { return facts_.rdp_denied && facts_.rdp_denied->value == 0; }

    Severity blocked_severity() const { return question_.rdp_on ? Severity::critical : Severity::info; }

    // While MpsSvc does not run, the filters of the boot phase stay and let nothing in:
    // https://learn.microsoft.com/windows/win32/fwp/basic-operation
    void judge_service(const std::string& name, const Result<ServiceFacts>& service) {
        if (!service && service.error().code != Errc::not_found)
            return add(unknown("firewall", "the service " + name, service.error()));
        if (service && service->state == ServiceState::running)
            return;
        const std::string code = "firewall.service_not_running";
        Finding finding{code, question_.rdp_on ? Severity::critical : Severity::warning,
                        "the service " + name + (service ? " does not run" : " does not exist") +
                            ": without it the filters of the boot phase keep blocking inbound connections"};
        finding.subject = name;
        if (service && service->state == ServiceState::unknown)
            return add(unknown("firewall", "the state of the service " + name,
                               {Errc::malformed, 0, "QueryServiceStatusEx(" + name + ")"}));
        if (service && service->state == ServiceState::start_pending && !pending_too_long(code, name)) {
            finding.severity = Severity::warning;
            finding.text = "the service " + name + " is starting";
        }
        if (service && service->start == StartType::disabled)
            finding.text += "; it is disabled";
        if (service && service->state == ServiceState::stopped && rdp_is_on() && (name == "BFE" || engine_can_run()))
            finding.repair = "firewall";
        if (service)
            finding.evidence.push_back("service " + name + ": exit code " +
                                       termservice::explain_exit_code(service->exit_code, service->specific_exit_code));
        if (name == "MpsSvc")
            add_dependencies(finding);
        add(std::move(finding));
    }

    // Without its driver it cannot start, whatever its repair tries.
    void add_dependencies(Finding& finding) const {
        for (const auto& [name, service] : facts_.dependencies) {
            const bool disabled = service && service->start == StartType::disabled;
            if (is_absent(service) || disabled) {
                finding.text += "; " + name + ", which it depends on, " + (disabled ? "is disabled" : "does not exist");
                finding.repair.clear();
            }
            if (disabled)
                finding.evidence.push_back("service " + name + ": start type disabled");
            else if (!service)
                finding.evidence.push_back("service " + name + ": " + describe(service.error()));
        }
    }

    bool pending_too_long(const std::string& code, const std::string& subject) const {
        const std::optional<Time> since = context_.since(code, subject);
        return since && context_.now - *since >= context_.limits.service_pending_fail;
    }

    void judge_refused() {
        for (const RuleStore& store : question_.stores) {
            if (store.refused.empty())
                continue;
            Finding finding{"firewall.rule_malformed", Severity::info,
                            std::to_string(store.refused.size()) + " of " +
                                std::to_string(store.refused.size() + store.rules.size()) + " firewall rules of " +
                                name_of(store.origin) + " do not follow the documented grammar"};
            finding.subject = name_of(store.origin);
            for (std::size_t i = 0; i < std::min<std::size_t>(store.refused.size(), 5); ++i) {
                const RefusedRule& rule = store.refused[i];
                finding.evidence.push_back(label(store.key, rule.id) + ": '" + rule.error.token + "' at byte " +
                                           std::to_string(rule.error.offset) + ": " + rule.error.reason);
            }
            if (store.origin != Origin::local)
                finding.policy = label(store.key, store.refused.front().id);
            add(std::move(finding));
        }
    }

    Verdict verdict_of(Profile profile, const Connection& connection) const {
        return evaluate(question_.stores, settings_of(facts_.profile_keys, profile), profile, connection);
    }

    void judge_profiles() {
        if (facts_.active && (facts_.active->domain || facts_.active->private_ || facts_.active->public_)) {
            for (const Profile profile : every_profile)
                if (is_active(*facts_.active, profile))
                    judge_verdict(verdict_of(profile, question_.connection), name_of(profile));
            return;
        }
        judge_without_profiles();
    }

    // Which profile is active could not be read: only what holds for all three can be said.
    void judge_without_profiles() {
        std::vector<Verdict> verdicts;
        for (const Profile profile : every_profile)
            verdicts.push_back(verdict_of(profile, question_.connection));
        const bool same = std::all_of(verdicts.begin(), verdicts.end(), [&](const Verdict& verdict) {
            return verdict.reach == verdicts[0].reach && verdict.reason == verdicts[0].reason;
        });
        if (same)
            return judge_verdict(verdicts[0], "every");
        Finding finding =
            unknown("firewall", "which firewall profiles are active",
                    facts_.active ? Error{Errc::unsupported, 0, "no profile is active"} : facts_.active.error());
        for (const Verdict& verdict : verdicts) {
            const char* word = verdict.reach == Reach::open      ? "open"
                               : verdict.reach == Reach::blocked ? "blocked"
                                                                 : "not known";
            finding.evidence.push_back(std::string(name_of(verdict.profile)) + " profile: " + question_.port_text() +
                                       " is " + word);
        }
        if (!question_.rdp_on)
            finding.severity = Severity::info;
        add(std::move(finding));
    }

    void judge_verdict(const Verdict& verdict, const std::string& profile) {
        const bool by_rules = verdict.reason != Reason::firewall_off && verdict.reason != Reason::all_blocked &&
                              verdict.reason != Reason::block_rule;
        if (by_rules && !question_.stores_complete)
            return; // already said as unknown
        switch (verdict.reach) {
        case Reach::open:
            return judge_open(verdict, profile);
        case Reach::blocked:
            return judge_blocked(verdict, profile);
        case Reach::undecided:
            return judge_undecided(verdict, profile);
        }
    }

    void judge_undecided(const Verdict& verdict, const std::string& profile) {
        if (verdict.error)
            return add(unknown("firewall", "the firewall settings of the " + profile + " profile", *verdict.error));
        Finding finding{"firewall.rule_not_understood", Severity::unknown,
                        "whether " + question_.port_text() + " is let in on the " + profile +
                            " profile depends on the rule " + verdict.rule->id + ", which is not understood"};
        finding.subject = profile;
        finding.evidence = {evidence_of(*verdict.rule)};
        finding.policy = policy_of(*verdict.rule);
        add(std::move(finding));
    }

    void judge_open(const Verdict& verdict, const std::string& profile) {
        if (!question_.rdp_on)
            return;
        for (const LimitKind kind : {LimitKind::addresses, LimitKind::interfaces, LimitKind::ipsec})
            judge_limits(verdict, kind, profile);
        if (std::optional<Finding> blocks = judge_blocks(verdict, profile, question_.port_text()))
            add(*std::move(blocks));
        Connection datagrams = question_.connection;
        datagrams.protocol = udp;
        if (datagrams.kernel_listener)
            return; // RDP over UDP came with Windows 8
        const Verdict over_udp = verdict_of(verdict.profile, datagrams);
        if (over_udp.reach != Reach::blocked)
            return;
        Finding finding{"firewall.udp_not_allowed", Severity::info,
                        "UDP " + std::to_string(datagrams.port) + " is not let in on the " + profile +
                            " profile: sessions work over TCP alone, slower on lossy networks"};
        finding.subject = profile;
        if (over_udp.rule)
            finding.evidence.push_back(evidence_of(*over_udp.rule));
        if (over_udp.rule)
            finding.policy = policy_of(*over_udp.rule);
        add(std::move(finding));
    }

    void judge_limits(const Verdict& verdict, LimitKind kind, const std::string& profile) {
        Finding finding{"", Severity::warning, question_.port_text() + " is let in on the " + profile + " profile "};
        switch (kind) {
        case LimitKind::addresses:
            finding.code = "firewall.restricted_addresses";
            finding.text += words_of_addresses(verdict.limits);
            break;
        case LimitKind::interfaces:
            finding.code = "firewall.restricted_interfaces";
            finding.text += "for some network interfaces only";
            break;
        case LimitKind::ipsec:
            finding.code = "firewall.requires_ipsec";
            finding.text += "only when IPsec secures the connection: other clients get no answer";
            break;
        }
        finding.subject = profile;
        for (const Limit& limit : verdict.limits) {
            if (limit.kind != kind || is_block_of_addresses(limit))
                continue;
            finding.evidence.push_back(evidence_of(limit.rule));
            if (finding.policy.empty())
                finding.policy = policy_of(limit.rule);
        }
        if (!finding.evidence.empty())
            add(std::move(finding));
    }

    void judge_blocked(const Verdict& verdict, const std::string& profile) {
        Finding finding{"", blocked_severity(), ""};
        finding.subject = profile;
        const std::string where = " on the " + profile + " profile";
        if (verdict.reason == Reason::all_blocked) {
            finding.code = "firewall.block_all_inbound";
            finding.text = "every inbound connection is blocked" + where + ", whatever the rules allow";
        } else if (verdict.reason == Reason::block_rule) {
            finding.code = "firewall.blocked_by_rule";
            finding.text = "the rule " + verdict.rule->id + " of " + name_of(verdict.rule->origin) + " blocks " +
                           question_.port_text() + where;
        } else if (verdict.reason == Reason::local_ignored) {
            finding.code = "firewall.local_rules_ignored";
            finding.text = "a policy ignores the firewall rules of this host" + where +
                           ", and no rule of the policy lets " + question_.port_text() + " in";
        } else {
            describe_no_allow(finding, verdict, where);
            offer_rule(finding, verdict);
        }
        if (verdict.rule)
            finding.evidence.push_back(evidence_of(*verdict.rule));
        if (verdict.setting)
            finding.evidence.push_back(evidence_of(*verdict.setting));
        if (verdict.setting)
            finding.policy = policy_of(*verdict.setting);
        if (verdict.rule && finding.policy.empty())
            finding.policy = policy_of(*verdict.rule);
        if (!question_.rdp_on)
            finding.text += " (RDP is switched off on this host)";
        add(std::move(finding));
    }

    // MpsSvc does not start without BFE.
    bool engine_can_run() const {
        const auto& engine = facts_.filter_engine;
        return engine ? engine->state == ServiceState::running || engine->state == ServiceState::stopped
                      : is_unreadable(engine);
    }

    // It does not tell then which profiles are active, and the repair opens them after it has started it.
    bool service_is_down() const {
        const auto stopped = [](const Result<ServiceFacts>& service) {
            return service && service->state == ServiceState::stopped;
        };
        return stopped(facts_.firewall_service) || stopped(facts_.filter_engine);
    }

    // A rule of the host opens it, unless a policy ignores those; then the policy is named.
    void offer_rule(Finding& finding, const Verdict& verdict) const {
        const ProfileSettings settings = settings_of(facts_.profile_keys, verdict.profile);
        const bool known = (facts_.active || service_is_down()) && question_.stores_complete && rdp_is_on();
        if (const auto* closed = closed_by_policy(facts_.policies, verdict.profile, question_.connection)) {
            finding.policy = label(closed->key, "Enabled");
        } else if (lacks_only_a_rule(verdict, settings)) {
            if (known)
                finding.repair = "firewall";
        } else if (settings.allow_local_merge && *settings.allow_local_merge) {
            finding.evidence.push_back(evidence_of(**settings.allow_local_merge));
            finding.policy = policy_of(**settings.allow_local_merge);
        }
    }

    void describe_no_allow(Finding& finding, const Verdict& verdict, const std::string& where) const {
        Connection usual = question_.connection;
        usual.port = default_port;
        const bool only_usual =
            question_.connection.port != default_port && verdict_of(verdict.profile, usual).reach == Reach::open;
        for (const RuleReference& rule : verdict.other_profiles)
            finding.evidence.push_back(evidence_of(rule));
        if (only_usual) {
            finding.code = "firewall.custom_port_not_allowed";
            finding.text =
                "RDP is set to " + question_.port_text() + ", and the firewall lets only TCP 3389 in" + where;
            finding.evidence.push_back(label(keys::rdp_tcp, "PortNumber") + " = " +
                                       std::to_string(question_.connection.port));
        } else if (!verdict.inactive.empty()) {
            finding.code = "firewall.rules_disabled";
            finding.text =
                "the firewall rules that would let " + question_.port_text() + " in" + where + " are switched off";
            for (const RuleReference& rule : verdict.inactive) {
                finding.evidence.push_back(evidence_of(rule));
                if (finding.policy.empty())
                    finding.policy = policy_of(rule);
            }
        } else {
            finding.code = "firewall.no_allow_rule";
            finding.text = "no firewall rule lets " + question_.port_text() + " in" + where;
            if (!verdict.other_profiles.empty())
                finding.text += "; there are rules for other profiles";
        }
    }

    const Facts& facts_;
    const JudgeContext& context_;
    Question question_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> judge(const Facts& facts, const JudgeContext& context) { return Judge(facts, context).run(); }

} // namespace rdpmedic::firewall
