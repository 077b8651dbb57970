// Does the Windows Firewall let RDP in on the profiles that are active?
#include "probes/firewall.hpp"

#include "probes/firewall_products.hpp"

namespace rdpmedic::firewall {

namespace {

constexpr std::uint16_t default_port = 3389;
constexpr std::uint32_t windows_7_policy = 0x20A;

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

// Whether another product has taken the rules over is asked only once they are blamed.
Probe probe(const ProbeOptions&) {
    Probe probe = make_probe("firewall", "Does the Windows Firewall let RDP in on the profiles that are active?",
                             std::chrono::seconds{60}, std::chrono::seconds{10}, collect_all, judge);
    probe.run = [look = std::move(probe.run)](const Host& host, const JudgeContext& context) {
        auto findings = look(host, context);
        if (findings && blames_rules(*findings))
            weigh_products(*findings, host.firewall_products());
        return findings;
    };
    return probe;
}

} // namespace rdpmedic::firewall
