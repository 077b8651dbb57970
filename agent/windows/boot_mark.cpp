// Has the machine been restarted since? A volatile registry key holds a number that goes with the boot.
#include "agent/boot_mark.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/text.hpp"

#include <random>

namespace rdpmedic {

namespace {

constexpr wchar_t key_path[] = L"SOFTWARE\\rdpmedic\\Boot";
constexpr wchar_t value_name[] = L"Mark";

Result<std::string> stored_mark(const windows::RegistryKey& key) {
    wchar_t text[64] = {};
    DWORD size = sizeof text - sizeof(wchar_t), type = 0;
    const LSTATUS status =
        ::RegQueryValueExW(key.get(), value_name, nullptr, &type, reinterpret_cast<BYTE*>(text), &size);
    if (status != ERROR_SUCCESS)
        return windows::error_of_status(status, "RegQueryValueExW", "HKLM\\SOFTWARE\\rdpmedic\\Boot: Mark");
    if (type != REG_SZ || text[0] == L'\0')
        return Error{Errc::malformed, 0, "HKLM\\SOFTWARE\\rdpmedic\\Boot: Mark is no text"};
    return windows::to_utf8(text);
}

} // namespace

// REG_OPTION_VOLATILE: the key is kept in memory and gone when the machine starts.
// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regcreatekeyexw
Result<std::string> boot_mark() {
    windows::RegistryKey key;
    const LSTATUS made =
        ::RegCreateKeyExW(HKEY_LOCAL_MACHINE, key_path, 0, nullptr, REG_OPTION_VOLATILE,
                          KEY_QUERY_VALUE | KEY_SET_VALUE | KEY_WOW64_64KEY, nullptr, key.out(), nullptr);
    if (made != ERROR_SUCCESS)
        return windows::error_of_status(made, "RegCreateKeyExW", "HKLM\\SOFTWARE\\rdpmedic\\Boot");
    if (auto mark = stored_mark(key); !is_absent(mark))
        return mark;
    std::random_device random;
    std::wstring fresh;
    for (int i = 0; i < 4; ++i)
        fresh += std::to_wstring(random()) + L"-";
    const LSTATUS set = ::RegSetValueExW(key.get(), value_name, 0, REG_SZ, reinterpret_cast<const BYTE*>(fresh.c_str()),
                                         static_cast<DWORD>((fresh.size() + 1) * sizeof(wchar_t)));
    if (set != ERROR_SUCCESS)
        return windows::error_of_status(set, "RegSetValueExW", "HKLM\\SOFTWARE\\rdpmedic\\Boot: Mark");
    return stored_mark(key);
}

} // namespace rdpmedic
