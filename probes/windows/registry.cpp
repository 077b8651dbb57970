// What does the registry hold?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/scoped_privilege.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {
namespace {

std::string label(const RegistryPath& path) { return "HKLM\\" + path.key; }

// Some keys deny everybody, SYSTEM included, and are read with the backup privilege, as backup programs do. Only after
// a plain open was denied, so that the privilege is rarely held. DERIVED: RegOpenKeyEx documents another option alone
// and hands each to the kernel, which documents this one:
// https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-zwopenkeyex
LSTATUS open_for_backup(const std::wstring& path, REGSAM access, RegistryKey& key) {
    const ScopedPrivilege backup(SE_BACKUP_NAME);
    return ::RegOpenKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), REG_OPTION_BACKUP_RESTORE, access, key.out());
}

// The 64-bit view whatever this program is built as.
// https://learn.microsoft.com/windows/win32/winprog64/accessing-an-alternate-registry-view
Result<RegistryKey> open_key(const RegistryPath& path, REGSAM access) {
    RegistryKey key;
    const std::wstring name = to_wide(path.key);
    LSTATUS status = ::RegOpenKeyExW(HKEY_LOCAL_MACHINE, name.c_str(), 0, access | KEY_WOW64_64KEY, key.out());
    if (status == ERROR_ACCESS_DENIED)
        status = open_for_backup(name, access | KEY_WOW64_64KEY, key);
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegOpenKeyExW", label(path));
    return key;
}

struct KeyShape {
    DWORD longest_value_name = 0; // in characters, without the closing NUL
    DWORD longest_data = 0;       // in bytes
    DWORD longest_subkey = 0;     // in characters, without the closing NUL
    FILETIME last_write{};
};

Result<KeyShape> shape_of(const RegistryKey& key, const RegistryPath& path) {
    KeyShape shape;
    const LSTATUS status =
        ::RegQueryInfoKeyW(key.get(), nullptr, nullptr, nullptr, nullptr, &shape.longest_subkey, nullptr, nullptr,
                           &shape.longest_value_name, &shape.longest_data, nullptr, &shape.last_write);
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegQueryInfoKeyW", label(path));
    return shape;
}

// Walks a key by index: step(index, shape) returns a Win32 code, ERROR_NO_MORE_ITEMS at the end. An index means nothing
// once the key changes, so a walk during which the key was written starts again; `reset` forgets what was gathered.
// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regenumvaluew#remarks
template <class Reset, class Step>
Result<void> walk(const RegistryKey& key, const RegistryPath& path, std::string_view call, Reset reset, Step step) {
    LSTATUS status = ERROR_MORE_DATA;
    for (int round = 0; round < 10; ++round) {
        const auto before = shape_of(key, path);
        if (!before)
            return before.error();
        reset();
        status = ERROR_SUCCESS;
        for (DWORD index = 0; status == ERROR_SUCCESS; ++index)
            status = step(index, *before);
        if (status != ERROR_NO_MORE_ITEMS && status != ERROR_MORE_DATA)
            break;
        const auto after = shape_of(key, path);
        if (!after)
            return after.error();
        const bool changed = ::CompareFileTime(&before->last_write, &after->last_write) != 0;
        if (status == ERROR_NO_MORE_ITEMS && !changed)
            return {};
    }
    if (status != ERROR_NO_MORE_ITEMS)
        return error_of_status(status, call, label(path));
    return Error{Errc::io, ERROR_MORE_DATA, std::string(call) + "(" + label(path) + "), which kept changing"};
}

} // namespace

Result<RegistryValue> registry_value(const RegistryPath& path, std::string_view name) {
    const auto key = open_key(path, KEY_QUERY_VALUE);
    if (!key)
        return key.error();
    const std::wstring wide_name = to_wide(name);
    DWORD type = REG_NONE;
    auto data =
        ask_growing("RegQueryValueExW", label(path) + ": " + std::string(name), 256, [&](BYTE* to, DWORD& size) {
            return ::RegQueryValueExW(key->get(), wide_name.c_str(), nullptr, &type, to, &size);
        });
    if (!data)
        return data.error();
    return typed_value(type, std::move(*data));
}

Result<std::map<std::string, RegistryValue>> registry_values(const RegistryPath& path) {
    const auto key = open_key(path, KEY_QUERY_VALUE);
    if (!key)
        return key.error();
    std::map<std::string, RegistryValue> values;
    const auto step = [&](DWORD index, const KeyShape& shape) {
        std::wstring name(shape.longest_value_name + std::size_t{1}, L'\0');
        Bytes data(shape.longest_data);
        auto name_size = static_cast<DWORD>(name.size());
        auto data_size = static_cast<DWORD>(data.size());
        DWORD type = REG_NONE;
        const LSTATUS status =
            ::RegEnumValueW(key->get(), index, name.data(), &name_size, nullptr, &type, data.data(), &data_size);
        if (status != ERROR_SUCCESS)
            return status;
        name.resize(name_size);
        data.resize(data_size);
        values[to_utf8(name)] = typed_value(type, std::move(data));
        return status;
    };
    const auto walked = walk(
        *key, path, "RegEnumValueW", [&] { values.clear(); }, step);
    if (!walked)
        return walked.error();
    return values;
}

Result<std::vector<std::string>> registry_subkeys(const RegistryPath& path) {
    const auto key = open_key(path, KEY_QUERY_VALUE | KEY_ENUMERATE_SUB_KEYS);
    if (!key)
        return key.error();
    std::vector<std::string> names;
    const auto step = [&](DWORD index, const KeyShape& shape) {
        std::wstring name(shape.longest_subkey + std::size_t{1}, L'\0');
        auto size = static_cast<DWORD>(name.size());
        const LSTATUS status =
            ::RegEnumKeyExW(key->get(), index, name.data(), &size, nullptr, nullptr, nullptr, nullptr);
        if (status != ERROR_SUCCESS)
            return status;
        name.resize(size);
        names.push_back(to_utf8(name));
        return status;
    };
    const auto walked = walk(
        *key, path, "RegEnumKeyExW", [&] { names.clear(); }, step);
    if (!walked)
        return walked.error();
    return names;
}

// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-reggetkeysecurity
Result<Bytes> registry_security(const RegistryPath& path) {
    const auto key = open_key(path, READ_CONTROL);
    if (!key)
        return key.error();
    constexpr SECURITY_INFORMATION wanted =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    return ask_growing("RegGetKeySecurity", label(path), 512,
                       [&](BYTE* to, DWORD& size) { return ::RegGetKeySecurity(key->get(), wanted, to, &size); });
}

} // namespace rdpmedic::windows
