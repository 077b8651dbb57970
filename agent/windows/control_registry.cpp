// How is one registry value written with its type, or taken away?
#include "agent/windows/control.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include <cstring>

namespace rdpmedic::windows {

namespace {

template <class T>
Bytes bytes_of(const T* data, std::size_t count) {
    Bytes bytes(count * sizeof(T));
    if (!bytes.empty())
        std::memcpy(bytes.data(), data, bytes.size());
    return bytes;
}

// The bytes as Windows stores them: text with its closing NUL, a list with one more.
struct RawData {
    Bytes operator()(const Bytes& data) const { return data; }
    Bytes operator()(std::uint32_t data) const { return bytes_of(&data, 1); }
    Bytes operator()(std::uint64_t data) const { return bytes_of(&data, 1); }
    Bytes operator()(const std::string& data) const {
        const std::wstring wide = to_wide(data);
        return bytes_of(wide.c_str(), wide.size() + 1);
    }
    Bytes operator()(const std::vector<std::string>& data) const {
        std::wstring all;
        for (const std::string& item : data)
            all += to_wide(item) + L'\0';
        return bytes_of(all.c_str(), all.size() + 1);
    }
};

std::string label(const SetRegistryValue& change) { return "HKLM\\" + change.key.key + ": " + change.name; }

} // namespace

// The key must be there: a key that the change creates could not be told from one that was empty.
Result<Change> capture_change(const SetRegistryValue& change) {
    const auto values = registry_values(change.key);
    if (!values)
        return values.error();
    const auto value = registry_value(change.key, change.name);
    if (is_absent(value))
        return Change{SetRegistryValue{change.key, change.name, std::nullopt}};
    if (!value)
        return value.error();
    return Change{SetRegistryValue{change.key, change.name, *value}};
}

// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regsetvalueexw
Result<> apply_change(const SetRegistryValue& change) {
    RegistryKey key;
    LSTATUS status = ::RegOpenKeyExW(HKEY_LOCAL_MACHINE, to_wide(change.key.key).c_str(), 0,
                                     KEY_SET_VALUE | KEY_WOW64_64KEY, key.out());
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegOpenKeyExW", label(change));
    const std::wstring name = to_wide(change.name);
    if (!change.value) {
        status = ::RegDeleteValueW(key.get(), name.c_str());
        if (status == ERROR_SUCCESS || status == ERROR_FILE_NOT_FOUND)
            return {};
        return error_of_status(status, "RegDeleteValueW", label(change));
    }
    const Bytes data = std::visit(RawData{}, change.value->data);
    status =
        ::RegSetValueExW(key.get(), name.c_str(), 0, change.value->type, data.data(), static_cast<DWORD>(data.size()));
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegSetValueExW", label(change));
    return {};
}

} // namespace rdpmedic::windows
