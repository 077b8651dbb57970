// Which registry values do the probes read, and does policy or the local setting count?
#include "probes/registry.hpp"

#include <algorithm>
#include <charconv>

namespace rdpmedic {
namespace {

Error wrong_type(const RegistryPath& key, std::string_view name, std::uint32_t type, const char* wanted) {
    return {Errc::malformed, 0,
            label(key, name) + " (registry type " + std::to_string(type) + ", expected " + wanted + ")"};
}

template <class T>
Result<T> typed(const Host& host, const RegistryPath& key, std::string_view name, const char* wanted) {
    Result<RegistryValue> value = host.registry_value(key, name);
    if (!value)
        return value.error();
    if (const T* data = std::get_if<T>(&value->data))
        return *data;
    return wrong_type(key, name, value->type, wanted);
}

} // namespace

std::string label(const RegistryPath& key, std::string_view name) {
    return "HKLM\\" + key.key + ": " + std::string(name);
}

std::string evidence_of(const RegistryPath& key, std::string_view name, std::uint32_t value) {
    return label(key, name) + " = " + std::to_string(value);
}

std::string evidence_of(const Setting& setting) { return evidence_of(setting.key, setting.name, setting.value); }

Result<std::uint32_t> read_dword(const Host& host, const RegistryPath& key, std::string_view name) {
    return typed<std::uint32_t>(host, key, name, "REG_DWORD");
}

Result<std::string> read_text(const Host& host, const RegistryPath& key, std::string_view name) {
    return typed<std::string>(host, key, name, "REG_SZ");
}

Result<std::vector<std::string>> read_list(const Host& host, const RegistryPath& key, std::string_view name) {
    return typed<std::vector<std::string>>(host, key, name, "REG_MULTI_SZ");
}

Result<Bytes> read_binary(const Host& host, const RegistryPath& key, std::string_view name) {
    return typed<Bytes>(host, key, name, "REG_BINARY");
}

Result<Setting> effective_dword(const Host& host, const RegistryPath& policy, const RegistryPath& local,
                                std::string_view name) {
    Result<std::uint32_t> by_policy = read_dword(host, policy, name);
    if (by_policy)
        return Setting{*by_policy, true, policy, std::string(name)};
    if (is_unreadable(by_policy))
        return by_policy.error();
    Result<std::uint32_t> by_host = read_dword(host, local, name);
    if (!by_host)
        return by_host.error();
    return Setting{*by_host, false, local, std::string(name)};
}

const RegistryValue* find_value(const std::map<std::string, RegistryValue>& values, std::string_view name) {
    const auto found = std::find_if(values.begin(), values.end(),
                                    [name](const auto& value) { return same_ignoring_case(value.first, name); });
    return found == values.end() ? nullptr : &found->second;
}

Result<Setting> listed_dword(const Result<std::map<std::string, RegistryValue>>& values, const RegistryPath& key,
                             std::string_view name) {
    if (!values)
        return values.error();
    const RegistryValue* const found = find_value(*values, name);
    if (!found)
        return Error{Errc::not_found, 0, label(key, name)};
    if (const auto* number = std::get_if<std::uint32_t>(&found->data))
        return Setting{*number, key == keys::terminal_services_policy, key, std::string(name)};
    return wrong_type(key, name, found->type, "REG_DWORD");
}

Result<std::uint32_t> windows_build(const Host& host) {
    Result<std::string> text = read_text(host, keys::windows_version, "CurrentBuildNumber");
    if (!text)
        return text.error();
    std::uint32_t build = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), build);
    if (error != std::errc{} || end != text->data() + text->size())
        return Error{Errc::malformed, 0, label(keys::windows_version, "CurrentBuildNumber") + " = '" + *text + "'"};
    return build;
}

} // namespace rdpmedic
