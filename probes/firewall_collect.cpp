// Where do the firewall's rules and settings stand, and what do they say?
#include "probes/firewall.hpp"
#include "probes/letter_case.hpp"
#include "probes/listener.hpp"
#include "probes/rdp_switch.hpp"

#include <algorithm>
#include <charconv>

namespace rdpmedic::firewall {
namespace {

// The host's own store, the one of device management below it, and the one of Group Policy:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas/2efe0b76-7b4a-41ff-9050-1023f8196d16
constexpr const char* local_root = R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy)";
constexpr const char* mdm_root = R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\Mdm)";
constexpr const char* policy_root = R"(SOFTWARE\Policies\Microsoft\WindowsFirewall)";

struct Root {
    Origin origin;
    const char* key;
};
constexpr Root roots[] = {
    {Origin::group_policy, policy_root}, {Origin::device_management, mdm_root}, {Origin::local, local_root}};

StoreFacts read_store(const Host& host, const Root& root) {
    StoreFacts facts;
    facts.store.origin = root.origin;
    facts.store.key = {std::string(root.key) + R"(\FirewallRules)"};
    const auto values = host.registry_values(facts.store.key);
    if (!values) {
        facts.read = values.error();
        return facts;
    }
    for (const auto& [id, value] : *values) {
        const auto* text = std::get_if<std::string>(&value.data);
        if (!text) {
            facts.store.refused.push_back(
                {id, {}, {0, {}, "registry type " + std::to_string(value.type) + ", expected REG_SZ"}});
            continue;
        }
        RuleResult rule = parse_firewall_rule(id, *text);
        if (rule)
            facts.store.rules.push_back(std::move(*rule));
        else
            facts.store.refused.push_back({id, *text, rule.error()});
    }
    return facts;
}

// A policy of the templates that opens the port counts as a rule of Group Policy.
StoreFacts store_of(const RemoteDesktopPolicy& policy) {
    StoreFacts facts;
    facts.store.origin = Origin::group_policy;
    facts.store.key = policy.key;
    facts.read = policy.read;
    facts.subject = "the policy HKLM\\" + policy.key.key;
    if (policy.allow)
        facts.store.rules.push_back(*policy.allow);
    return facts;
}

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

// Windows 10 and later write two numbers, and keep "6.3" in the text for old programs.
Result<std::pair<std::uint32_t, std::uint32_t>> windows_version(const Host& host) {
    const auto major = read_dword(host, keys::windows_version, "CurrentMajorVersionNumber");
    const auto minor = read_dword(host, keys::windows_version, "CurrentMinorVersionNumber");
    if (major && minor)
        return std::pair{*major, *minor};
    const auto text = read_text(host, keys::windows_version, "CurrentVersion");
    if (!text)
        return text.error();
    const std::size_t dot = text->find('.');
    const auto first = number(text->substr(0, dot));
    const auto second = dot == text->npos ? std::nullopt : number(text->substr(dot + 1));
    if (!first || !second)
        return Error{Errc::malformed, 0, label(keys::windows_version, "CurrentVersion") + " = '" + *text + "'"};
    return std::pair{*first, *second};
}

} // namespace

Result<Facts> collect(const Host& host) {
    Facts facts{host.service("MpsSvc"),
                host.service("BFE"),
                read_rdp_switch(host),
                listener::read_port_number(host),
                host.active_firewall_profiles(),
                read_dword(host, {local_root}, "PolicyVersion"),
                windows_version(host),
                {},
                {},
                {}};
    if (facts.firewall_service && facts.firewall_service->state == ServiceState::stopped)
        for (const std::string& name : facts.firewall_service->depends_on)
            if (!name.empty() && name.front() != '+' && !same_ignoring_case(name, "BFE"))
                facts.dependencies.emplace_back(name, host.service(name));
    for (const Root& root : roots) {
        facts.stores.push_back(read_store(host, root));
        for (const char* name : {"DomainProfile", "PrivateProfile", "PublicProfile", "StandardProfile"}) {
            const RegistryPath key{std::string(root.key) + "\\" + name};
            facts.profile_keys.push_back({root.origin, name, key, host.registry_values(key)});
        }
    }
    facts.policies = collect_policies(host, facts.active);
    for (const RemoteDesktopPolicy& policy : facts.policies)
        facts.stores.push_back(store_of(policy));
    return facts;
}

Result<Facts> collect_all(const Host& host) {
    auto facts = collect(host);
    if (!facts)
        return facts;
    const Result<Connection> connection = connection_of(*facts);
    if (!connection)
        return facts;
    facts->drops = collect_drops(host, facts->profile_keys, facts->active, connection->port);
    return facts;
}

} // namespace rdpmedic::firewall
