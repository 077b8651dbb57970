// What would make the RDP listener accept connections as Windows sets it up, and never less safely than now?
#include "agent/repair/plan_listener.hpp"

#include "agent/repair/only_up.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

using listener::Facts;

constexpr const char* deny = "fDenyTSConnections";
constexpr std::uint32_t reg_dword = 4;

// https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/troubleshoot-rdp-general-error
// https://learn.microsoft.com/troubleshoot/windows-server/remote/internal-error-has-occurred-remote-desktop-connection-issues
struct Target {
    std::string_view name;
    std::uint32_t value;
};
constexpr Target targets[] = {
    {"TSEnabled", 1},
    {"TSUserEnabled", 0},
    {"fEnableWinStation", 1},
    {"fLogonDisabled", 0},
    {"fAllowSecProtocolNegotiation", 1},
    {"SecurityLayer", documented_security_layer},
    {"UserAuthentication", documented_nla},
    {"MinEncryptionLevel", documented_encryption_level},
    {"MaxInstanceCount", 0xFFFFFFFF}, // no limit, as installed
};

// Findings about one value, and its name where the subject does not say it.
struct Row {
    std::string_view code, name{};
};
constexpr Row rows[] = {
    {"listener.terminal_server_disabled", "TSEnabled"},
    {"listener.disabled", "fEnableWinStation"},
    {"listener.negotiation_disabled", "fAllowSecProtocolNegotiation"},
    {"listener.logons_disabled"},
    {"listener.security_layer_invalid"},
    {"listener.nla_invalid"},
    {"listener.encryption_level_invalid"},
    {"listener.invalid_value"},
};

class Planner {
  public:
    explicit Planner(const ListenerPlanInput& input) : in_(input), facts_(input.facts) {}

    Plan run() {
        plan_.repair = "listener";
        values_.id = "values";
        values_.title = "Set the listener to its documented values";
        values_.undo = "each value is put back as it was";
        plan_switch();
        for (const Finding& finding : in_.findings)
            plan_finding(finding);
        start_what_was_off();
        if (!values_.changes.empty())
            plan_.rungs.push_back(std::move(values_));
        if (!port_owner_.changes.empty())
            plan_.rungs.push_back(std::move(port_owner_));
        plan_restart();
        cases_.settle(plan_);
        return std::move(plan_);
    }

  private:
    void set(const RegistryPath& key, std::string_view name, std::uint32_t value, const std::string& why) {
        values_.changes.push_back(SetRegistryValue{key, std::string(name), RegistryValue{reg_dword, value}});
        values_.why += (values_.why.empty() ? "" : "; ") + why;
    }

    // Switching Remote Desktop on is a decision about security: only who asks for it gets it.
    void plan_switch() {
        const bool asked = flag_of(in_.options, "enable_rdp");
        if (asked)
            plan_.asked_for = "Remote Desktop switched on";
        if (facts_.rdp_on() || (!asked && !facts_.rdp_off()))
            return;
        if (facts_.deny_by_policy) {
            plan_.blocked_by_policy = label(keys::terminal_services_policy, deny);
            return plan_.obstacles.push_back("A policy switches Remote Desktop off (" + plan_.blocked_by_policy +
                                             "): change it there.");
        }
        if (!asked)
            return plan_.obstacles.push_back(
                "Remote Desktop is switched off (" + label(keys::terminal_server, deny) +
                "). That is a choice, not a fault: ask with enable_rdp=true to switch it on.");
        for (const auto* place : {&facts_.deny_by_policy, &facts_.deny_by_host})
            if (is_unreadable(*place) && (place == &facts_.deny_by_policy || place->error().code != Errc::malformed))
                return plan_.obstacles.push_back(
                    "Whether Remote Desktop is switched on is not known: " + describe(place->error()) + ".");
        enable();
    }

    void enable() {
        enables_ = true;
        set(keys::terminal_server, deny, 0, "asked for: Remote Desktop is switched off");
        // This repair does not look at the firewall, which Windows' own settings open at the same time.
        disrupts("the host accepts RDP connections, as far as the firewall lets them in: the repair firewall sees to "
                 "that once Remote Desktop is on");
    }

    // After all values, which it reads when it starts.
    void start_what_was_off() {
        const auto& service = in_.services.term_service;
        if (enables_ && service && service->state == ServiceState::stopped && service->start != StartType::disabled)
            values_.changes.push_back(SetServiceState{services::term_service, ServiceState::running});
    }

    void disrupts(const std::string& text) {
        values_.disruption = values_.disruption == "none" ? text : values_.disruption + "; " + text;
    }

    // Of a host that is switched off no finding is anybody's trouble, until it is switched on.
    bool counts(const Finding& finding) const {
        return enables_ || (finding.severity != Severity::info && finding.severity != Severity::unknown);
    }

    void plan_finding(const Finding& finding) {
        if (finding.code == "listener.local_deny_under_policy") {
            set(keys::terminal_server, deny, 0, finding.text);
            return cases_.curable(finding);
        }
        if (!counts(finding))
            return;
        if (finding.code == "listener.drain_mode")
            return plan_drain(finding);
        if (finding.code == "listener.port_stolen")
            return plan_port_owner(finding);
        if (finding.code == "listener.weakened_by_prior_repair")
            return plan_weakened(finding);
        for (const Row& row : rows)
            if (finding.code == row.code)
                return plan_value(finding, row.name.empty() ? std::string_view(finding.subject) : row.name);
        if (finding.severity == Severity::critical)
            cases_.hindered(finding, finding.text + ". No repair sets that: it is for a person to say.");
    }

    void plan_value(const Finding& finding, std::string_view name) {
        if (!finding.policy.empty())
            return owned_by_policy(finding);
        if (put_back(name, finding.text))
            cases_.curable(finding);
    }

    // False: there is no documented value, or it would be less safe than what is there.
    bool put_back(std::string_view name, const std::string& why) {
        const auto target = std::find_if(std::begin(targets), std::end(targets),
                                         [name](const Target& one) { return one.name == name; });
        if (target == std::end(targets) || !raises(name, facts_.value(name), target->value))
            return false;
        set(facts_.number(name).key, name, target->value, why);
        needs_restart_ = true;
        return true;
    }

    // Its evidence says which of the three values it means.
    void plan_weakened(const Finding& finding) {
        if (!finding.policy.empty())
            return owned_by_policy(finding);
        const auto means = [&](const char* name) {
            const std::string start = label(facts_.number(name).key, name) + " = ";
            return std::any_of(finding.evidence.begin(), finding.evidence.end(),
                               [&](const std::string& line) { return line.compare(0, start.size(), start) == 0; });
        };
        bool any = false;
        for (const char* name : {"SecurityLayer", "MinEncryptionLevel", "UserAuthentication"})
            if (means(name))
                any = put_back(name, std::string(name) + " is weaker than Windows sets it up") || any;
        if (!any)
            return;
        disrupts("clients that speak neither TLS nor NLA are turned away");
        cases_.curable(finding);
    }

    void owned_by_policy(const Finding& finding) {
        cases_.hindered(finding, finding.text + " (" + finding.policy + "). A policy owns it: change it there.");
    }

    void plan_drain(const Finding& finding) {
        if (facts_.drains.empty() || !flag_of(in_.options, "end_drain"))
            return cases_.hindered(finding, finding.text +
                                                ". Somebody drained the host: ask with end_drain=true to end "
                                                "it.");
        for (const Setting& drain : facts_.drains)
            set(drain.key, drain.name, 0, finding.text);
        cases_.curable(finding);
    }

    void plan_port_owner(const Finding& finding) {
        if (finding.subject != "TCP")
            return; // without UDP clients stay on TCP
        const listener::Freeing freeing = listener::freeing_of(facts_);
        if (freeing.services.empty())
            return cases_.hindered(finding, finding.text + ". Nothing is stopped: " + freeing.why_not + ".");
        std::string names;
        for (const std::string& service : freeing.services)
            names += (names.empty() ? "" : ", ") + service;
        if (!flag_of(in_.options, "stop_port_owner"))
            return cases_.hindered(finding,
                                   finding.text + ". Ask with stop_port_owner=true to stop the service " + names + ".");
        port_owner_ = {"port-owner", "Stop the service that holds the port", finding.text};
        for (const std::string& service : freeing.services)
            port_owner_.changes.push_back(SetServiceState{service, ServiceState::stopped});
        port_owner_.disruption = "who uses " + names +
                                 " is cut off; its start type stays, so that it may take the port "
                                 "again when Windows starts";
        port_owner_.undo = names + " is started again";
        needs_restart_ = true;
        cases_.curable(finding);
    }

    // MEM: some of these values count for the next connection, some for the next start of TermService. The handshake
    // after the first rungs decides.
    void plan_restart() {
        const auto& service = in_.services.term_service;
        if ((!needs_restart_ && !enables_) || plan_.rungs.empty() || !service ||
            service->state != ServiceState::running)
            return;
        Restart restart = restart_term_service(in_.services);
        if (restart.obstacle.empty()) {
            plan_.rungs.push_back(
                restart_rung(std::move(restart), "only when the listener does not take the rungs before at once"));
            plan_.sessions = cut_off_by_restart(in_.sessions);
            return;
        }
        Rung wait{"at-restart", "Wait for the next restart of Windows",
                  "only when the listener does not take the rungs before at once, because " + restart.obstacle};
        wait.disruption = "none until Windows is restarted, which this repair does not do";
        wait.takes_effect_at_restart = true;
        plan_.rungs.push_back(std::move(wait));
    }

    const ListenerPlanInput& in_;
    const Facts& facts_;
    Rung values_{}, port_owner_{};
    bool enables_ = false, needs_restart_ = false;
    Plan plan_;
    Cases cases_;
};

} // namespace

Plan plan_listener(const ListenerPlanInput& input) { return Planner(input).run(); }

} // namespace rdpmedic
