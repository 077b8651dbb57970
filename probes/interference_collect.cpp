// Which products, filters and IPsec rules has this host?
#include "probes/interference.hpp"
#include "probes/interference_filters.hpp"
#include "probes/listener.hpp"
#include "probes/rdp_switch.hpp"

#include <algorithm>

namespace rdpmedic::interference {
namespace {

using firewall::Origin;
using firewall::Profile;

constexpr const char* policy_root = R"(SOFTWARE\Policies\Microsoft\WindowsFirewall)";
constexpr const char* local_root = R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy)";

IpsecStore read_store(const Host& host, Origin origin, const char* root) {
    IpsecStore store;
    store.origin = origin;
    store.key = {std::string(root) + R"(\ConSecRules)"};
    const auto values = host.registry_values(store.key);
    if (!values) {
        store.read = values.error();
        return store;
    }
    for (const auto& [id, value] : *values) {
        const auto* text = std::get_if<std::string>(&value.data);
        if (!text) {
            store.refused.push_back(
                {id, std::nullopt, {0, {}, "registry type " + std::to_string(value.type) + ", expected REG_SZ"}});
            continue;
        }
        auto rule = firewall::parse_ipsec_rule(id, *text);
        if (rule)
            store.rules.push_back(std::move(*rule));
        else
            store.refused.push_back({id, *text, rule.error()});
    }
    return store;
}

constexpr std::size_t most_providers = 32; // of others: a host has a handful

// Of providers of others, and of nobody. Those of Windows itself follow the rules that the probe firewall reads.
std::vector<ProviderFilters> read_filters(const Host& host, const std::vector<FilterProvider>& providers) {
    std::vector<ProviderFilters> all;
    all.push_back({{no_filter_provider, "", ""}, host.filters(no_filter_provider)});
    for (const FilterProvider& provider : providers)
        if (!is_of_windows(provider) && all.size() <= most_providers)
            all.push_back({provider, host.filters(provider.id)});
    return all;
}

} // namespace

Result<Facts> collect(const Host& host) {
    Facts facts;
    facts.services = host.services();
    facts.filter_providers = host.filter_providers();
    if (facts.filter_providers)
        facts.filters = read_filters(host, *facts.filter_providers);
    // Security Center is on client editions alone, and asking means asking WMI. Elsewhere firewalls register with the
    // Windows Firewall. Every Windows has InstallationType; what has not (Wine) has neither.
    const auto installation = read_text(host, keys::windows_version, "InstallationType");
    const bool client = installation && *installation == "Client";
    if (client)
        facts.security_products = host.security_products();
    else if (is_unreadable(installation)) // nobody knows whether there is a Security Center
        facts.security_products = installation.error();
    else
        facts.security_products = Error{Errc::not_found, 0, "no client edition"};
    if (!client && !is_absent(installation))
        facts.firewall_products = host.firewall_products();
    facts.ipsec.push_back(read_store(host, Origin::group_policy, policy_root));
    facts.ipsec.push_back(read_store(host, Origin::local, local_root));
    for (const Profile profile : firewall::every_profile) {
        RegistryPath key{policy_root};
        key.key.append("\\").append(firewall::name_of(profile)).append("Profile");
        facts.merges.push_back({profile, key, read_dword(host, key, "AllowLocalIPsecPolicyMerge")});
    }
    const bool any_rule = std::any_of(facts.ipsec.begin(), facts.ipsec.end(), [](const IpsecStore& store) {
        return !store.rules.empty() || !store.refused.empty();
    });
    if (any_rule)
        facts.active = host.active_firewall_profiles();
    facts.port = listener::read_port_number(host);
    facts.rdp_denied = read_rdp_switch(host);
    facts.loopback_apps = collect_loopback_apps(host);
    return facts;
}

LoopbackApps collect_loopback_apps(const Host& host) {
    return {host.registry_value(app_containers, loopback_apps_name), host.service("MpsSvc")};
}

Probe probe(const ProbeOptions&) {
    return slow(make_probe("interference", "Does a third-party product or an IPsec rule close RDP connections?",
                           std::chrono::minutes{15}, std::chrono::seconds{60}, &collect, &judge));
}

} // namespace rdpmedic::interference
