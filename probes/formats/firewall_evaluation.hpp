// Does the Windows Firewall let a connection in, by which rule or setting, and does policy own it?
#pragma once

#include "probes/formats/firewall_rule.hpp"
#include "probes/registry.hpp"

#include <array>
#include <map>

namespace rdpmedic::firewall {

// Who wrote a rule or a setting. Group Policy and device management (MDM) are policy: the host's own store does not
// override them.
enum class Origin { group_policy, device_management, local };
const char* name_of(Origin origin) noexcept; // "Group Policy", "device management", "this host"

enum class Profile { domain, private_, public_ };
inline constexpr std::array every_profile{Profile::domain, Profile::private_, Profile::public_};
const char* name_of(Profile profile) noexcept; // "Domain", "Private", "Public"
std::uint8_t bit_of(Profile profile) noexcept; // of FirewallRule::profiles
bool is_active(const FirewallProfiles& active, Profile profile) noexcept;
// Where the profiles could not be read, any of them may be.
bool may_be_active(const Result<FirewallProfiles>& active, Profile profile) noexcept;

// A value of a rule store that is no rule, and what of it can still be said.
struct RefusedRule {
    std::string id, text;
    RuleError error;
};

struct RuleStore {
    Origin origin = Origin::local;
    RegistryPath key;
    std::vector<FirewallRule> rules;
    std::vector<RefusedRule> refused;
};

// The values of one profile key ("...\\PublicProfile"); not_found where the key does not exist.
struct ProfileKey {
    Origin origin = Origin::local;
    std::string name; // "DomainProfile", "PrivateProfile", "PublicProfile", "StandardProfile"
    RegistryPath key;
    Result<std::map<std::string, RegistryValue>> values;
};

// A setting with who set it.
struct ProfileSetting {
    Setting setting;
    Origin origin = Origin::local;
};
using SettingResult = Result<std::optional<ProfileSetting>>; // empty: nobody sets it

// The settings that count for one profile. An error where a key that could hold the value cannot be read, or the value
// is no REG_DWORD. Merge laws:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-fasp/5a6e0d39-802d-456b-b483-c7360566fcdd
struct ProfileSettings {
    SettingResult enable_firewall;         // policy if set, else local
    SettingResult do_not_allow_exceptions; // "on" wins
    SettingResult default_inbound_action;  // policy if set, else local
    SettingResult allow_local_merge;       // policy alone
};
ProfileSettings settings_of(const std::vector<ProfileKey>& keys, Profile profile);

// Does one profile log what it drops, and into which file? From its keys "...Profile\\Logging", under the names of the
// profiles. The path may hold environment variables; the default where nobody sets it. Errors as above.
struct DropLogging {
    SettingResult on;         // "on" wins
    Result<std::string> path; // policy if set, else local
};
DropLogging drop_logging_of(const std::vector<ProfileKey>& logging_keys, Profile profile);

// The inbound connection that is asked about: to svchost.exe with TermService, from anywhere.
struct Connection {
    std::uint8_t protocol = 6;
    std::uint16_t port = 3389;
    // Windows 7 and Server 2008 R2: the listener may belong to the kernel, so that rules with App=System count.
    bool kernel_listener = false;
    std::optional<std::pair<std::uint32_t, std::uint32_t>> windows; // version 6.1, 6.3, 10.0; empty: not known
};

enum class Reach { open, blocked, undecided };
enum class Reason {
    firewall_off,       // open: EnableFirewall=0
    all_blocked,        // blocked: DoNotAllowExceptions=1
    block_rule,         // blocked by `rule`
    default_allow,      // open: DefaultInboundAction=0
    allow_rule,         // open by `rule`; `limits` say for whom
    local_ignored,      // blocked: `rule` would allow, `setting` ignores the rules of this host
    no_allow,           // blocked: nothing allows it
    rule_unclear,       // undecided: `rule` could change the answer and is not understood
    setting_unreadable, // undecided: `error`
};

enum class LimitKind { addresses, interfaces, ipsec };

struct RuleReference {
    std::string id;
    Origin origin = Origin::local;
    RegistryPath store;
    std::string detail; // what is not understood, which profiles it has
};

// An open port that is open for some only, or closed for some.
struct Limit {
    LimitKind kind;
    RuleReference rule;
    std::string text;                   // "RA4=LocalSubnet"
    Action action = Action::allow;      // block: closed for those, allow: open for those alone
    std::vector<RuleField> addresses{}; // the remote ones of the rule, where it limits addresses
};

struct Verdict {
    Profile profile = Profile::domain;
    Reach reach = Reach::undecided;
    Reason reason = Reason::setting_unreadable;
    std::optional<RuleReference> rule{};
    std::optional<ProfileSetting> setting{};
    std::optional<Error> error{};
    std::vector<Limit> limits{};
    // When nothing allows it: rules that would, were they active, or on this profile.
    std::vector<RuleReference> inactive{}, other_profiles{};
};

// Explicit block beats explicit allow beats the default:
// https://learn.microsoft.com/windows/security/operating-system-security/network-security/windows-firewall/rules
// Pure.
Verdict evaluate(const std::vector<RuleStore>& stores, const ProfileSettings& settings, Profile profile,
                 const Connection& connection);

} // namespace rdpmedic::firewall
