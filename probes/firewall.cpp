// Does the Windows Firewall let RDP in on the profiles that are active?
#include "probes/firewall.hpp"

#include "probes/firewall_products.hpp"
#include "probes/handshake.hpp"
#include "probes/listener.hpp"

#include <algorithm>

namespace rdpmedic::firewall {

namespace {

constexpr std::uint16_t default_port = 3389;
constexpr std::uint32_t windows_7_policy = 0x20A;

// The listener may not have taken up the port that is set.
void name_old_port(const Host& host, std::vector<Finding>& findings) {
    const auto port = handshake::listener_port(host);
    const auto listeners = host.tcp_listeners();
    if (!port || !listeners)
        return;
    const auto elsewhere = listener::still_elsewhere(*listeners, host.service("TermService"), *port);
    for (Finding& finding : findings)
        if (!elsewhere.empty() && finding.code == "firewall.custom_port_not_allowed")
            finding.evidence.insert(finding.evidence.begin(), "TermService does not listen there yet, but on TCP " +
                                                                  std::to_string(elsewhere.front().port));
}

bool blames_port(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& finding) { return finding.code == "firewall.custom_port_not_allowed"; });
}

} // namespace

Result<Connection> connection_of(const Facts& facts) {
    if (is_unreadable(facts.port))
        return facts.port.error();
    if (facts.port && (*facts.port == 0 || *facts.port > 65535))
        return Error{Errc::malformed, 0, label(keys::rdp_tcp, "PortNumber") + " = " + std::to_string(*facts.port)};
    Connection connection;
    connection.port = facts.port ? static_cast<std::uint16_t>(*facts.port) : default_port;
    if (facts.windows)
        connection.windows = *facts.windows;
    connection.kernel_listener = facts.policy_version ? *facts.policy_version <= windows_7_policy
                                                      : facts.windows && *facts.windows <= std::pair{6u, 1u};
    return connection;
}

Result<std::vector<RuleStore>> stores_of(const Facts& facts) {
    std::vector<RuleStore> stores;
    for (const StoreFacts& store : facts.stores) {
        if (is_unreadable(store.read))
            return store.read.error();
        stores.push_back(store.store);
    }
    return stores;
}

bool lacks_only_a_rule(const Verdict& verdict, const ProfileSettings& settings) {
    if (verdict.reach != Reach::blocked || verdict.reason != Reason::no_allow || !settings.allow_local_merge)
        return false;
    const auto& merge = *settings.allow_local_merge;
    return !merge || merge->setting.value != 0;
}

// What stands behind a closed port is asked only once the port is found closed: which port TermService has, and whether
// another product has taken the rules over.
Probe probe(const ProbeOptions&) {
    Probe probe = make_probe("firewall", "Does the Windows Firewall let RDP in on the profiles that are active?",
                             std::chrono::seconds{60}, std::chrono::seconds{10}, collect_all, judge);
    probe.run = [look = std::move(probe.run)](const Host& host, const JudgeContext& context) {
        auto findings = look(host, context);
        if (findings && blames_port(*findings))
            name_old_port(host, *findings);
        if (findings && blames_rules(*findings))
            weigh_products(*findings, host.firewall_products());
        return findings;
    };
    return probe;
}

} // namespace rdpmedic::firewall
