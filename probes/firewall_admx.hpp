// Does a policy of the administrative templates open or close the port of Remote Desktop?
//
// "Windows Defender Firewall: Allow inbound Remote Desktop exceptions", once for the domain profile and once for the
// standard one. It is no rule of Group Policy: it has a key of its own, and Windows makes a rule of it.
// https://admx.help/?Category=Windows_7_2008R2&Policy=Microsoft.Policies.WindowsFirewall::WF_RemoteDesktop_Name_1
#pragma once

#include "probes/finding.hpp"
#include "probes/formats/firewall_evaluation.hpp"

namespace rdpmedic::firewall {

// The policy of one profile key.
struct RemoteDesktopPolicy {
    RegistryPath key;
    std::uint8_t profiles = 0; // bits
    Result<void> read;         // not_found: not configured
    std::optional<FirewallRule> allow{};
    bool closes = false;
};

// What the values of the key say. Enabled 1 lets TCP 3389 in from RemoteAddresses, whatever the program; 0 closes it.
// Without addresses that could be read it is not known from where, and the rule is not understood. Pure.
RemoteDesktopPolicy read_policy(const RegistryPath& key, std::uint8_t profiles,
                                const Result<std::map<std::string, RegistryValue>>& values);

// Those of profiles that may be active: one of another profile that cannot be read takes nothing from the answer.
// Blocks as Host does.
std::vector<RemoteDesktopPolicy> collect_policies(const Host& host, const Result<FirewallProfiles>& active);

// The one that closes the port of this connection on the profile, null where none does. Pure.
const RemoteDesktopPolicy* closed_by_policy(const std::vector<RemoteDesktopPolicy>& policies, Profile profile,
                                            const Connection& connection);

// One finding a profile that may be active. Pure.
std::vector<Finding> judge_policies(const std::vector<RemoteDesktopPolicy>& policies,
                                    const std::vector<ProfileKey>& profile_keys, const Result<FirewallProfiles>& active,
                                    const Connection& connection, bool rdp_on);

} // namespace rdpmedic::firewall
