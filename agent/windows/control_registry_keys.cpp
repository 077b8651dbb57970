// How is a registry key made, removed while it is empty, or put back with all that is below it?
#include "agent/windows/control.hpp"

#include "agent/windows/registry_data.hpp"
#include "probes/formats/firewall_rule.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include <algorithm>

namespace rdpmedic::windows {

namespace {

// The Winsock catalogue is three levels deep and has some hundred entries. A key that leads back to itself has no end.
constexpr int deepest_key = 16;
constexpr std::size_t most_entries = 20'000;

std::string label(const RegistryPath& path) { return "HKLM\\" + path.key; }

RegistryPath below(const RegistryPath& path, const std::string& name) { return {path.key + "\\" + name}; }

// ERROR_SUCCESS, ERROR_FILE_NOT_FOUND or another reason.
LSTATUS open_key(const RegistryPath& path, REGSAM access, RegistryKey& key) {
    return ::RegOpenKeyExW(HKEY_LOCAL_MACHINE, to_wide(path.key).c_str(), 0, access | KEY_WOW64_64KEY, key.out());
}

Result<bool> is_there(const RegistryPath& path) {
    RegistryKey key;
    const LSTATUS status = open_key(path, KEY_QUERY_VALUE, key);
    if (status == ERROR_SUCCESS)
        return true;
    if (status == ERROR_FILE_NOT_FOUND || status == ERROR_PATH_NOT_FOUND)
        return false;
    return error_of_status(status, "RegOpenKeyExW", label(path));
}

// RegDeleteKeyEx refuses a key with subkeys, but takes its values along.
// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regdeletekeyexw
Result<> must_be_empty(const RegistryPath& path) {
    RegistryKey key;
    const LSTATUS opened = open_key(path, KEY_QUERY_VALUE, key);
    if (opened != ERROR_SUCCESS)
        return error_of_status(opened, "RegOpenKeyExW", label(path));
    DWORD keys = 0, values = 0;
    const LSTATUS status = ::RegQueryInfoKeyW(key.get(), nullptr, nullptr, nullptr, &keys, nullptr, nullptr, &values,
                                              nullptr, nullptr, nullptr, nullptr);
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegQueryInfoKeyW", label(path));
    if (keys != 0 || values != 0)
        return Error{Errc::io, ERROR_DIR_NOT_EMPTY, label(path) + ", which is not empty and is only removed empty"};
    return {};
}

Result<> remove_empty(const RegistryPath& path) {
    const auto present = is_there(path);
    if (!present)
        return present.error();
    if (!*present)
        return {}; // already so
    if (auto empty = must_be_empty(path); !empty)
        return empty;
    const LSTATUS status = ::RegDeleteKeyExW(HKEY_LOCAL_MACHINE, to_wide(path.key).c_str(), KEY_WOW64_64KEY, 0);
    if (status != ERROR_SUCCESS && status != ERROR_FILE_NOT_FOUND)
        return error_of_status(status, "RegDeleteKeyExW", label(path));
    return {};
}

// Not RegCreateKeyEx below HKEY_LOCAL_MACHINE, which would make every missing parent as well.
// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regcreatekeyexw
Result<RegistryKey> make_key(const RegistryPath& path, REGSAM access) {
    const std::size_t cut = path.key.rfind('\\');
    if (cut == std::string::npos)
        return Error{Errc::unsupported, 0, label(path) + " is right below HKEY_LOCAL_MACHINE"};
    RegistryKey parent, key;
    const RegistryPath above{path.key.substr(0, cut)};
    LSTATUS status = open_key(above, KEY_CREATE_SUB_KEY, parent);
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegOpenKeyExW", label(above));
    status = ::RegCreateKeyExW(parent.get(), to_wide(path.key.substr(cut + 1)).c_str(), 0, nullptr,
                               REG_OPTION_NON_VOLATILE, access | KEY_WOW64_64KEY, nullptr, key.out(), nullptr);
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegCreateKeyExW", label(path));
    return key;
}

struct Bounds {
    int depth = 0;
    std::size_t* entries;
};

Result<RegistryTree> read_tree(const RegistryPath& path, Bounds bounds) {
    if (bounds.depth > deepest_key)
        return Error{Errc::malformed, 0, label(path) + " is too deep to be kept"};
    auto values = registry_values(path);
    if (!values)
        return values.error();
    const auto names = registry_subkeys(path);
    if (!names)
        return names.error();
    *bounds.entries += values->size() + names->size();
    if (*bounds.entries > most_entries)
        return Error{Errc::malformed, 0, label(path) + " and what is beside it have too many entries to be kept"};
    RegistryTree tree{std::move(*values), {}};
    for (const std::string& name : *names) {
        auto key = read_tree(below(path, name), {bounds.depth + 1, bounds.entries});
        if (!key)
            return key.error();
        tree.keys.emplace(name, std::move(*key));
    }
    return tree;
}

template <class Map>
bool names(const Map& map, const std::string& name) {
    return std::any_of(map.begin(), map.end(), [&](const auto& one) { return same_ignoring_case(one.first, name); });
}

Result<> set_values(const RegistryKey& key, const RegistryPath& path, const RegistryTree& tree) {
    for (const auto& [name, value] : tree.values) {
        const Bytes data = registry_data(value);
        const LSTATUS status = ::RegSetValueExW(key.get(), to_wide(name).c_str(), 0, value.type, data.data(),
                                                static_cast<DWORD>(data.size()));
        if (status != ERROR_SUCCESS)
            return error_of_status(status, "RegSetValueExW", label(path) + ": " + name);
    }
    return {};
}

// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regdeletetreew
Result<> drop_others(const RegistryKey& key, const RegistryPath& path, const RegistryTree& tree) {
    const auto present = registry_values(path);
    if (!present)
        return present.error();
    for (const auto& [name, value] : *present) {
        if (names(tree.values, name))
            continue;
        const LSTATUS status = ::RegDeleteValueW(key.get(), to_wide(name).c_str());
        if (status != ERROR_SUCCESS && status != ERROR_FILE_NOT_FOUND)
            return error_of_status(status, "RegDeleteValueW", label(path) + ": " + name);
    }
    const auto keys = registry_subkeys(path);
    if (!keys)
        return keys.error();
    for (const std::string& name : *keys) {
        if (names(tree.keys, name))
            continue;
        const LSTATUS status = ::RegDeleteTreeW(key.get(), to_wide(name).c_str());
        if (status != ERROR_SUCCESS && status != ERROR_FILE_NOT_FOUND)
            return error_of_status(status, "RegDeleteTreeW", label(below(path, name)));
    }
    return {};
}

// What is wanted is written before anything else goes, so that a torn write leaves more, never less.
Result<> write_tree(const RegistryPath& path, const RegistryTree& tree, int depth) {
    if (depth > deepest_key)
        return Error{Errc::malformed, 0, label(path) + " is too deep to be written"};
    constexpr REGSAM access = KEY_SET_VALUE | KEY_CREATE_SUB_KEY | KEY_ENUMERATE_SUB_KEYS | KEY_QUERY_VALUE | DELETE;
    const auto key = make_key(path, access);
    if (!key)
        return key.error();
    if (auto set = set_values(*key, path, tree); !set)
        return set;
    for (const auto& [name, subtree] : tree.keys)
        if (auto written = write_tree(below(path, name), subtree, depth + 1); !written)
            return written;
    return drop_others(*key, path, tree);
}

} // namespace

// Whether it is empty is asked when it is removed: an earlier change of the same rung may empty it.
Result<Change> capture_change(const SetRegistryKey& change) {
    const auto present = is_there(change.key);
    if (!present)
        return present.error();
    return Change{SetRegistryKey{change.key, *present}};
}

Result<> apply_change(const SetRegistryKey& change) {
    if (!change.present)
        return remove_empty(change.key);
    const auto key = make_key(change.key, KEY_QUERY_VALUE);
    if (!key)
        return key.error();
    return {};
}

Result<Change> capture_change(const SetRegistryTree& change) {
    std::size_t entries = 0;
    auto tree = read_tree(change.key, {0, &entries});
    if (!tree)
        return tree.error();
    return Change{SetRegistryTree{change.key, std::move(*tree)}};
}

Result<> apply_change(const SetRegistryTree& change) { return write_tree(change.key, change.tree, 0); }

} // namespace rdpmedic::windows
