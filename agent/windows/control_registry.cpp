// How is one registry value written with its type, or taken away?
#include "agent/windows/control.hpp"

#include "agent/windows/registry_data.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/scoped_privilege.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {

namespace {

std::string label(const SetRegistryValue& change) { return "HKLM\\" + change.key.key + ": " + change.name; }

// With REG_OPTION_BACKUP_RESTORE and SeRestorePrivilege a key opens for writing whatever its list says. Only the
// function that also makes keys documents this option; it is called only for a key that has just denied a plain open,
// and does not keep one that it made all the same.
// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regcreatekeyexw
Result<RegistryKey> open_past_list(const SetRegistryValue& change) {
    const ScopedPrivilege restore(SE_RESTORE_NAME);
    RegistryKey key;
    DWORD made = 0;
    const LSTATUS status =
        ::RegCreateKeyExW(HKEY_LOCAL_MACHINE, to_wide(change.key.key).c_str(), 0, nullptr, REG_OPTION_BACKUP_RESTORE,
                          KEY_SET_VALUE | KEY_WOW64_64KEY, nullptr, key.out(), &made);
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegCreateKeyExW with the privilege of restoring", label(change));
    if (made == REG_OPENED_EXISTING_KEY)
        return key;
    ::RegDeleteKeyExW(HKEY_LOCAL_MACHINE, to_wide(change.key.key).c_str(), KEY_WOW64_64KEY, 0);
    return error_of(ERROR_FILE_NOT_FOUND, "RegCreateKeyExW", label(change) + ", whose key is gone");
}

Result<RegistryKey> open_for_writing(const SetRegistryValue& change) {
    RegistryKey key;
    const LSTATUS status = ::RegOpenKeyExW(HKEY_LOCAL_MACHINE, to_wide(change.key.key).c_str(), 0,
                                           KEY_SET_VALUE | KEY_WOW64_64KEY, key.out());
    if (status == ERROR_ACCESS_DENIED)
        return open_past_list(change);
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegOpenKeyExW", label(change));
    return key;
}

} // namespace

// A key that is not there has no such value. An earlier change of the same plan may make it; this one never does.
Result<Change> capture_change(const SetRegistryValue& change) {
    const auto value = registry_value(change.key, change.name);
    if (is_absent(value))
        return Change{SetRegistryValue{change.key, change.name, std::nullopt}};
    if (!value)
        return value.error();
    return Change{SetRegistryValue{change.key, change.name, *value}};
}

// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regsetvalueexw
Result<> apply_change(const SetRegistryValue& change) {
    const auto key = open_for_writing(change);
    if (!change.value && is_absent(key))
        return {}; // no key, no value
    if (!key)
        return key.error();
    const std::wstring name = to_wide(change.name);
    if (!change.value) {
        const LSTATUS status = ::RegDeleteValueW(key->get(), name.c_str());
        if (status == ERROR_SUCCESS || status == ERROR_FILE_NOT_FOUND)
            return {};
        return error_of_status(status, "RegDeleteValueW", label(change));
    }
    const Bytes data = registry_data(*change.value);
    const LSTATUS status =
        ::RegSetValueExW(key->get(), name.c_str(), 0, change.value->type, data.data(), static_cast<DWORD>(data.size()));
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegSetValueExW", label(change));
    return {};
}

} // namespace rdpmedic::windows
