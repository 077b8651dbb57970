// Which setting of a firewall profile counts when policy and the host both have one?
#include "probes/formats/firewall_evaluation.hpp"

#include <algorithm>

namespace rdpmedic::firewall {
namespace {

bool exists(const std::vector<ProfileKey>& keys, Origin origin, std::string_view name) {
    return std::any_of(keys.begin(), keys.end(), [&](const ProfileKey& key) {
        return key.origin == origin && key.name == name && !is_absent(key.values);
    });
}

// The key names that hold a profile's settings in one store.
std::vector<std::string_view> names_of(const std::vector<ProfileKey>& keys, Origin origin, Profile profile) {
    if (profile == Profile::domain)
        return {"DomainProfile"};
    const bool is_private = profile == Profile::private_;
    switch (origin) {
    case Origin::group_policy:
        // A policy for versions before Vista has StandardProfile alone; it counts for both, and not at all beside one
        // of the newer keys:
        // https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas/2c979624-900a-4b6e-b4ef-09b387cd62ab
        if (!exists(keys, origin, "PrivateProfile") && !exists(keys, origin, "PublicProfile"))
            return {"StandardProfile"};
        return {is_private ? "PrivateProfile" : "PublicProfile"};
    case Origin::device_management:
        // Both names of the private profile occur.
        if (is_private)
            return {"PrivateProfile", "StandardProfile"};
        return {"PublicProfile"};
    case Origin::local:
        // The host's own store keeps the old name for the private profile.
        return {is_private ? "StandardProfile" : "PublicProfile"};
    }
    return {};
}

SettingResult value_in(const ProfileKey& key, std::string_view name) {
    if (is_absent(key.values))
        return std::optional<ProfileSetting>{};
    if (!key.values)
        return key.values.error();
    for (const auto& [candidate, value] : *key.values) {
        if (!same_text(candidate, name))
            continue;
        const auto* number = std::get_if<std::uint32_t>(&value.data);
        if (!number)
            return Error{Errc::malformed, 0,
                         label(key.key, name) + " (registry type " + std::to_string(value.type) +
                             ", expected REG_DWORD)"};
        return std::optional<ProfileSetting>{
            {{*number, key.origin != Origin::local, key.key, std::string(name)}, key.origin}};
    }
    return std::optional<ProfileSetting>{};
}

// Everything that is set, Group Policy first, then device management, then the host.
Result<std::vector<ProfileSetting>> all_values(const std::vector<ProfileKey>& keys, Profile profile,
                                               std::string_view name) {
    std::vector<ProfileSetting> found;
    for (const Origin origin : {Origin::group_policy, Origin::device_management, Origin::local})
        for (const std::string_view key_name : names_of(keys, origin, profile))
            for (const ProfileKey& key : keys) {
                if (key.origin != origin || key.name != key_name)
                    continue;
                const SettingResult value = value_in(key, name);
                if (!value)
                    return value.error();
                if (*value)
                    found.push_back(**value);
            }
    return found;
}

SettingResult first(const Result<std::vector<ProfileSetting>>& values, bool policy_alone) {
    if (!values)
        return values.error();
    for (const ProfileSetting& value : *values)
        if (!policy_alone || value.origin != Origin::local)
            return std::optional<ProfileSetting>{value};
    return std::optional<ProfileSetting>{};
}

SettingResult on_wins(const Result<std::vector<ProfileSetting>>& values) {
    if (!values)
        return values.error();
    for (const ProfileSetting& value : *values)
        if (value.setting.value != 0)
            return std::optional<ProfileSetting>{value};
    return first(values, false);
}

} // namespace

const char* name_of(Origin origin) noexcept {
    switch (origin) {
    case Origin::group_policy:
        return "Group Policy";
    case Origin::device_management:
        return "device management";
    case Origin::local:
        return "this host";
    }
    return "an unknown store";
}

const char* name_of(Profile profile) noexcept {
    switch (profile) {
    case Profile::domain:
        return "Domain";
    case Profile::private_:
        return "Private";
    case Profile::public_:
        return "Public";
    }
    return "unknown";
}

ProfileSettings settings_of(const std::vector<ProfileKey>& keys, Profile profile) {
    return {first(all_values(keys, profile, "EnableFirewall"), false),
            on_wins(all_values(keys, profile, "DoNotAllowExceptions")),
            first(all_values(keys, profile, "DefaultInboundAction"), false),
            first(all_values(keys, profile, "AllowLocalPolicyMerge"), true)};
}

} // namespace rdpmedic::firewall
