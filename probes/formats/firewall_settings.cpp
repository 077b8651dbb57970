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

// Null where the key has no such value.
const RegistryValue* find(const ProfileKey& key, std::string_view name) {
    for (const auto& [candidate, value] : *key.values)
        if (same_ignoring_case(candidate, name))
            return &value;
    return nullptr;
}

Error wrong_type(const ProfileKey& key, std::string_view name, const RegistryValue& value, const char* expected) {
    return {Errc::malformed, 0,
            label(key.key, name) + " (registry type " + std::to_string(value.type) + ", expected " + expected + ")"};
}

SettingResult value_in(const ProfileKey& key, std::string_view name) {
    if (is_absent(key.values))
        return std::optional<ProfileSetting>{};
    if (!key.values)
        return key.values.error();
    const RegistryValue* const value = find(key, name);
    if (!value)
        return std::optional<ProfileSetting>{};
    const auto* number = std::get_if<std::uint32_t>(&value->data);
    if (!number)
        return wrong_type(key, name, *value, "REG_DWORD");
    return std::optional<ProfileSetting>{
        {{*number, key.origin != Origin::local, key.key, std::string(name)}, key.origin}};
}

// The keys of a profile in the order in which they count: Group Policy, device management, the host.
std::vector<const ProfileKey*> keys_of(const std::vector<ProfileKey>& keys, Profile profile) {
    std::vector<const ProfileKey*> found;
    for (const Origin origin : {Origin::group_policy, Origin::device_management, Origin::local})
        for (const std::string_view key_name : names_of(keys, origin, profile))
            for (const ProfileKey& key : keys)
                if (key.origin == origin && key.name == key_name)
                    found.push_back(&key);
    return found;
}

// Everything that is set, Group Policy first, then device management, then the host.
Result<std::vector<ProfileSetting>> all_values(const std::vector<ProfileKey>& keys, Profile profile,
                                               std::string_view name) {
    std::vector<ProfileSetting> found;
    for (const ProfileKey* key : keys_of(keys, profile)) {
        const SettingResult value = value_in(*key, name);
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

// REG_SZ and REG_EXPAND_SZ occur.
Result<std::string> first_text(const std::vector<ProfileKey>& keys, Profile profile, std::string_view name,
                               std::string otherwise) {
    for (const ProfileKey* key : keys_of(keys, profile)) {
        if (is_absent(key->values))
            continue;
        if (!key->values)
            return key->values.error();
        const RegistryValue* const value = find(*key, name);
        if (!value)
            continue;
        const auto* text = std::get_if<std::string>(&value->data);
        if (!text)
            return wrong_type(*key, name, *value, "REG_SZ");
        if (!text->empty())
            return *text;
    }
    return otherwise;
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

// What they say:
// https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/ff428145(v=ws.10)
// The path by default is the one that exports of real hosts have.
DropLogging drop_logging_of(const std::vector<ProfileKey>& logging_keys, Profile profile) {
    // MEM: the merge laws of both settings.
    return {
        on_wins(all_values(logging_keys, profile, "LogDroppedPackets")),
        first_text(logging_keys, profile, "LogFilePath", R"(%SystemRoot%\System32\LogFiles\Firewall\pfirewall.log)")};
}

} // namespace rdpmedic::firewall
