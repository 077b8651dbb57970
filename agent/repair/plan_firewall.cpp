// What would let RDP through the Windows Firewall, and through nothing more of it?
#include "agent/repair/plan_firewall.hpp"

#include "agent/repair/plan_parts.hpp"
#include "probes/formats/firewall_match.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using namespace firewall;

constexpr std::uint8_t tcp = 6, udp = 17;
constexpr const char* policy_service = "MpsSvc";
constexpr const char* filter_engine = "BFE";
constexpr const char* crash_code = "interference.loopback_apps_value";

std::string names_of(std::uint8_t profiles) {
    std::string names;
    for (const Profile profile : every_profile)
        if (profiles & bit_of(profile))
            names += (names.empty() ? "" : ", ") + std::string(name_of(profile));
    return names;
}

class Planner {
  public:
    explicit Planner(const FirewallPlanInput& input)
        : in_(input), connection_(connection_of(input.facts)), stores_(stores_of(input.facts)),
          public_allowed_(flag_of(input.options, "public_profile")) {}

    Plan run() {
        plan_.repair = "firewall";
        plan_services();
        if (connection_ && stores_ && rdp_is_on())
            plan_rules();
        sort_rule_findings();
        cases_.settle(plan_);
        return std::move(plan_);
    }

  private:
    const Finding* find(std::string_view code, std::string_view subject) const {
        for (const Finding& finding : in_.findings)
            if (finding.code == code && finding.subject == subject)
                return &finding;
        return nullptr;
    }
    bool rdp_is_on() const { return in_.facts.rdp_denied && in_.facts.rdp_denied->value == 0; }
    bool crashes() const { return find(crash_code, interference::loopback_apps_name) != nullptr; }

    // MpsSvc needs BFE. What only starts gets its time, unless it is known what ends it again and again.
    void plan_services() {
        Rung rung{"services", "Start the services of the Windows Firewall", ""};
        if (const Finding* crash = find(crash_code, interference::loopback_apps_name)) {
            rung.changes.push_back(
                SetRegistryValue{interference::app_containers, interference::loopback_apps_name, std::nullopt});
            rung.title = "Take out the registry value that ends the Windows Firewall, and start its services";
            rung.why = crash->text;
            cases_.curable(*crash);
        }
        if (start(filter_engine, in_.facts.filter_engine, rung))
            start(policy_service, in_.facts.firewall_service, rung);
        if (rung.changes.empty())
            return;
        rung.undo =
            "the value and the start types are put back; a service that was started is stopped where Windows lets "
            "it be stopped, which MpsSvc does not on Windows 10";
        plan_.rungs.push_back(std::move(rung));
    }

    // What MpsSvc declares beside BFE, the driver mpsdrv: a start without it fails and takes the rest back with it.
    bool lacks_dependency() const {
        const auto is_lacking = [](const auto& dependency) {
            const Result<ServiceFacts>& service = dependency.second;
            return is_absent(service) || (service && service->start == StartType::disabled);
        };
        return std::any_of(in_.facts.dependencies.begin(), in_.facts.dependencies.end(), is_lacking);
    }

    // False: it does not run afterwards, so that what needs it cannot be started.
    bool start(const char* name, const Result<ServiceFacts>& service, Rung& rung) {
        const Finding* finding = find("firewall.service_not_running", name);
        if (finding == nullptr)
            return true;
        if (!rdp_is_on())
            return false;
        const bool held_up = std::string_view(name) == policy_service && crashes();
        if (!service || (service->state != ServiceState::stopped && !held_up)) {
            if (finding->severity == Severity::critical)
                cases_.hindered(*finding,
                                finding->text + (service ? ". It is neither stopped nor running: restart Windows."
                                                         : ". Compare the services with a healthy host."));
            return false;
        }
        if (std::string_view(name) == policy_service && lacks_dependency()) {
            if (finding->severity == Severity::critical)
                cases_.hindered(*finding, finding->text + ". Put that right first: compare it with a healthy host.");
            return false;
        }
        if (service->start == StartType::disabled)
            rung.changes.push_back(SetServiceStart{name, StartType::automatic});
        rung.changes.push_back(SetServiceState{name, ServiceState::running});
        rung.why += (rung.why.empty() ? "" : "; ") + finding->text;
        cases_.curable(*finding);
        return starts_ = true;
    }

    // While MpsSvc does not run it does not tell which profiles are active: then all are looked at, for when it runs.
    bool concerns(Profile profile) const { return in_.facts.active ? is_active(*in_.facts.active, profile) : starts_; }

    Verdict verdict_of(Profile profile, std::uint8_t protocol) const {
        Connection connection = *connection_;
        connection.protocol = protocol;
        return evaluate(*stores_, settings_of(in_.facts.profile_keys, profile), profile, connection);
    }

    bool is_closed_by_policy(Profile profile) const {
        return closed_by_policy(in_.facts.policies, profile, *connection_) != nullptr;
    }

    // Bits of the profiles that a rule would open.
    std::uint8_t closed_for(std::uint8_t protocol, std::uint8_t among) const {
        std::uint8_t bits = 0;
        for (const Profile profile : every_profile) {
            const bool consented = profile != Profile::public_ || public_allowed_;
            if ((among & bit_of(profile)) != 0 && consented && !is_closed_by_policy(profile) &&
                lacks_only_a_rule(verdict_of(profile, protocol), settings_of(in_.facts.profile_keys, profile)))
                bits = static_cast<std::uint8_t>(bits | bit_of(profile));
        }
        return bits;
    }

    void plan_rules() {
        std::uint8_t asked = 0;
        for (const Profile profile : every_profile)
            if (concerns(profile))
                asked = static_cast<std::uint8_t>(asked | bit_of(profile));
        opened_ = closed_for(tcp, asked);
        if (opened_ == 0)
            return;
        Rung rung{"rules", "Let RDP in through the firewall",
                  "nothing lets TCP " + std::to_string(connection_->port) + " in on: " + names_of(opened_)};
        add_rules(tcp, built_in_tcp_rule, opened_, rung);
        if (!connection_->kernel_listener) // RDP over UDP came with Windows 8
            add_rules(udp, built_in_udp_rule, closed_for(udp, opened_), rung);
        rung.undo = "rules that were enabled are disabled again, rules that were added are removed";
        if (!rung.changes.empty())
            plan_.rungs.push_back(std::move(rung));
    }

    void add_rules(std::uint8_t protocol, const char* id, std::uint8_t profiles, Rung& rung) {
        if (profiles == 0)
            return;
        const std::uint8_t covered = enable_built_in(protocol, id, profiles, rung);
        const auto rest = static_cast<std::uint8_t>(profiles & ~covered);
        if (rest == 0)
            return;
        const std::string name = own_rule_name(protocol, connection_->port);
        if (rule_exists(name)) {
            plan_.obstacles.push_back("A firewall rule with the name \"" + name +
                                      "\" exists and does not let RDP in: switch it on for the profiles " +
                                      names_of(rest) + ", or delete it.");
            if (protocol == tcp)
                opened_ = static_cast<std::uint8_t>(opened_ & ~rest);
            return;
        }
        rung.changes.push_back(AddFirewallRule{name, protocol, connection_->port, rest, ""});
    }

    // Which of the profiles the built-in rule opens once it is enabled. It is not touched where it would open an active
    // Public profile without consent; where that is not active, it counts there too one day, as Windows means it to.
    std::uint8_t enable_built_in(std::uint8_t protocol, const char* id, std::uint8_t profiles, Rung& rung) const {
        const auto text = in_.built_in.find(id);
        if (text == in_.built_in.end())
            return 0;
        const RuleResult rule = parse_firewall_rule(id, text->second);
        if (!rule || rule->active || rule->action != Action::allow || (rule->profiles & profiles) == 0)
            return 0;
        Connection connection = *connection_;
        connection.protocol = protocol;
        const Match matched = match(*rule, connection).match;
        if (matched != Match::fully && matched != Match::partly)
            return 0;
        if (!public_allowed_ && (rule->profiles & public_profile) != 0 && concerns(Profile::public_))
            return 0;
        rung.changes.push_back(SetFirewallRule{id, text->second, true});
        if ((rule->profiles & ~profiles) != 0)
            rung.why += std::string("; ") + id +
                        " is also for: " + names_of(static_cast<std::uint8_t>(rule->profiles & ~profiles));
        return static_cast<std::uint8_t>(rule->profiles & profiles);
    }

    bool rule_exists(const std::string& name) const {
        return std::any_of(stores_->begin(), stores_->end(), [&](const RuleStore& store) {
            return std::any_of(store.rules.begin(), store.rules.end(),
                               [&](const FirewallRule& rule) { return same_ignoring_case(rule.name, name); });
        });
    }

    void sort_rule_findings() {
        for (const Finding& finding : in_.findings) {
            const bool closed = finding.code == "firewall.rules_disabled" || finding.code == "firewall.no_allow_rule" ||
                                finding.code == "firewall.custom_port_not_allowed";
            const bool blocked = finding.code == "firewall.blocked_by_rule" ||
                                 finding.code == "firewall.block_all_inbound" ||
                                 finding.code == "firewall.local_rules_ignored";
            if ((!closed && !blocked) || finding.severity != Severity::critical || !rdp_is_on())
                continue;
            if (closed && finding.repair == plan_.repair && is_opened(finding.subject))
                cases_.curable(finding);
            else
                cases_.hindered(finding, why_not(finding, closed));
        }
    }

    // "every" stands for the profiles while the active ones are not known.
    bool is_opened(std::string_view profile) const {
        if (!in_.facts.active)
            return opened_ != 0;
        return std::any_of(every_profile.begin(), every_profile.end(),
                           [&](Profile one) { return profile == name_of(one) && (opened_ & bit_of(one)) != 0; });
    }

    std::string why_not(const Finding& finding, bool closed) const {
        const std::string where = finding.evidence.empty() ? "" : " (" + finding.evidence.front() + ")";
        if (!finding.policy.empty() && finding.repair.empty())
            return finding.text + where + ". A policy says so: " + finding.policy + ". Change it there.";
        if (!closed)
            return finding.text + where + ". Whoever set that had a reason: take it back by hand.";
        if (finding.subject == name_of(Profile::public_) && !public_allowed_)
            return finding.text +
                   ". RDP on a public network is open to strangers: ask with public_profile=true to allow "
                   "it, or make the network private.";
        if (!in_.facts.active)
            return finding.text +
                   ". Which profiles are active could not be read: " + describe(in_.facts.active.error()) + ".";
        return finding.text + ".";
    }

    const FirewallPlanInput& in_;
    const Result<Connection> connection_;
    const Result<std::vector<RuleStore>> stores_;
    const bool public_allowed_;
    std::uint8_t opened_ = 0;
    bool starts_ = false; // a service of the firewall
    Plan plan_;
    Cases cases_;
};

} // namespace

std::string own_rule_name(std::uint8_t protocol, std::uint16_t port) {
    return std::string("rdpmedic RDP ") + (protocol == udp ? "UDP " : "TCP ") + std::to_string(port);
}

Plan plan_firewall(const FirewallPlanInput& input) { return Planner(input).run(); }

} // namespace rdpmedic
