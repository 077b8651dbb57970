// Which registry values do the probes read, and does policy or the local setting count?
#include "probes/registry.hpp"

#include <charconv>

namespace rdpmedic {
namespace {

template <class T>
Result<T> typed(const Host& host, const RegistryPath& key, std::string_view name, const char* wanted) {
    Result<RegistryValue> value = host.registry_value(key, name);
    if (!value)
        return value.error();
    if (const T* data = std::get_if<T>(&value->data))
        return *data;
    return Error{Errc::malformed, 0,
                 label(key, name) + " (registry type " + std::to_string(value->type) + ", expected " + wanted + ")"};
}

} // namespace

std::string label(const RegistryPath& key, std::string_view name) {
    return "HKLM\\" + key.key + ": " + std::string(name);
}

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
