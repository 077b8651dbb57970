// Does a policy of the administrative templates open or close the port of Remote Desktop?
#include "probes/firewall_admx.hpp"

#include <algorithm>

namespace rdpmedic::firewall {
namespace {

constexpr std::uint8_t tcp = 6;
constexpr std::uint16_t policy_port = 3389; // whatever PortNumber says
constexpr const char* switch_name = "Enabled";
constexpr const char* addresses_name = "RemoteAddresses";

const RegistryValue* find(const std::map<std::string, RegistryValue>& values, std::string_view name) {
    for (const auto& [candidate, value] : values)
        if (same_ignoring_case(candidate, name))
            return &value;
    return nullptr;
}

// "10.0.0.1,10.2.3.0/24,localsubnet", or "*" for everybody.
std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == ',')
            parts.emplace_back();
        else if (c != ' ')
            parts.back() += c;
    }
    parts.erase(std::remove(parts.begin(), parts.end(), std::string()), parts.end());
    return parts;
}

FirewallRule allow_rule(std::uint8_t profiles, const RegistryValue* addresses) {
    FirewallRule rule;
    rule.id = switch_name;
    rule.action = Action::allow;
    rule.active = true;
    rule.profiles = profiles;
    rule.protocol = tcp;
    rule.local_ports = {{policy_port, policy_port}};
    const auto* text = addresses ? std::get_if<std::string>(&addresses->data) : nullptr;
    const std::vector<std::string> parts = text ? split(*text) : std::vector<std::string>{};
    if (parts.empty())
        rule.not_understood = RuleError{0, addresses_name, "no addresses can be read"};
    if (std::find(parts.begin(), parts.end(), "*") == parts.end())
        for (const std::string& part : parts)
            rule.remote_addresses.push_back({addresses_name, part});
    return rule;
}

} // namespace

RemoteDesktopPolicy read_policy(const RegistryPath& key, std::uint8_t profiles,
                                const Result<std::map<std::string, RegistryValue>>& values) {
    RemoteDesktopPolicy policy{key, profiles, {}};
    if (!values) {
        policy.read = values.error();
        return policy;
    }
    const RegistryValue* enabled = find(*values, switch_name);
    if (!enabled)
        return policy;
    const auto* number = std::get_if<std::uint32_t>(&enabled->data);
    if (!number || *number > 1)
        policy.read = Error{Errc::malformed, 0,
                            label(key, switch_name) + (number ? " = " + std::to_string(*number) + ", expected 0 or 1"
                                                              : " (registry type " + std::to_string(enabled->type) +
                                                                    ", expected REG_DWORD)")};
    else if (*number == 1)
        policy.allow = allow_rule(profiles, find(*values, addresses_name));
    else
        policy.closes = true;
    return policy;
}

std::vector<RemoteDesktopPolicy> collect_policies(const Host& host, const Result<FirewallProfiles>& active) {
    // DERIVED: the standard profile is both that are not the domain's, as with its other settings.
    constexpr std::pair<const char*, std::uint8_t> keys[] = {
        {"DomainProfile", domain_profile},
        {"StandardProfile", static_cast<std::uint8_t>(private_profile | public_profile)}};
    std::uint8_t asked = 0;
    for (const Profile profile : every_profile)
        if (may_be_active(active, profile))
            asked = static_cast<std::uint8_t>(asked | bit_of(profile));
    std::vector<RemoteDesktopPolicy> policies;
    for (const auto& [name, profiles] : keys) {
        if (asked != 0 && (asked & profiles) == 0) // where none is active, all are judged
            continue;
        const RegistryPath key{R"(SOFTWARE\Policies\Microsoft\WindowsFirewall\)" + std::string(name) +
                               R"(\Services\RemoteDesktop)"};
        policies.push_back(read_policy(key, profiles, host.registry_values(key)));
    }
    return policies;
}

const RemoteDesktopPolicy* closed_by_policy(const std::vector<RemoteDesktopPolicy>& policies, Profile profile,
                                            const Connection& connection) {
    if (connection.port != policy_port)
        return nullptr;
    for (const RemoteDesktopPolicy& policy : policies)
        if (policy.closes && (policy.profiles & bit_of(profile)) != 0)
            return &policy;
    return nullptr;
}

// DERIVED: the text of the policy says that it blocks the port and that a local exception does not open it. Whether
// that holds against a rule of today's firewall was not seen on a host, so that it is a warning beside what the rules
// say.
std::vector<Finding> judge_policies(const std::vector<RemoteDesktopPolicy>& policies,
                                    const std::vector<ProfileKey>& profile_keys, const Result<FirewallProfiles>& active,
                                    const Connection& connection, bool rdp_on) {
    std::vector<Finding> findings;
    for (const Profile profile : every_profile) {
        const RemoteDesktopPolicy* policy = closed_by_policy(policies, profile, connection);
        const SettingResult on = settings_of(profile_keys, profile).enable_firewall;
        const bool firewall_off = on && *on && (*on)->setting.value == 0;
        if (policy == nullptr || firewall_off || !may_be_active(active, profile))
            continue;
        Finding finding{"firewall.closed_by_template", rdp_on ? Severity::warning : Severity::info,
                        "a policy closes TCP " + std::to_string(policy_port) + " on the " + name_of(profile) +
                            " profile (Windows Defender Firewall: Allow inbound Remote Desktop exceptions, disabled): "
                            "rules of this host may not open it"};
        finding.subject = name_of(profile);
        finding.policy = label(policy->key, switch_name);
        finding.evidence = {label(policy->key, switch_name) + " = 0 (Group Policy)"};
        if (!active)
            finding.evidence.push_back("which firewall profiles are active could not be read");
        findings.push_back(std::move(finding));
    }
    return findings;
}

} // namespace rdpmedic::firewall
