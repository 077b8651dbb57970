// Which registry values do the probes read, and does policy or the local setting count?
#pragma once

#include "probes/host.hpp"
#include "probes/letter_case.hpp"

namespace rdpmedic {

// Keys below HKEY_LOCAL_MACHINE.
namespace keys {
inline const RegistryPath terminal_server{R"(SYSTEM\CurrentControlSet\Control\Terminal Server)"};
inline const RegistryPath win_stations{R"(SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations)"};
inline const RegistryPath rdp_tcp{R"(SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp)"};
inline const RegistryPath terminal_services_policy{R"(SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services)"};
inline const RegistryPath windows_version{R"(SOFTWARE\Microsoft\Windows NT\CurrentVersion)"};
// ProductType: https://learn.microsoft.com/windows/win32/sysinfo/operating-system-version names the same three kinds.
// MEM: which text stands for which, "WinNT" client, "ServerNT" server, "LanmanNT" domain controller.
inline const RegistryPath product_options{R"(SYSTEM\CurrentControlSet\Control\ProductOptions)"};
// Start: 4 is disabled.
// https://learn.microsoft.com/windows-hardware/drivers/install/hklm-system-currentcontrolset-services-registry-tree
inline const RegistryPath netlogon{R"(SYSTEM\CurrentControlSet\Services\Netlogon)"};
inline const RegistryPath time_service{R"(SYSTEM\CurrentControlSet\Services\W32Time)"};
inline const RegistryPath cryptography{R"(SOFTWARE\Microsoft\Cryptography)"};
inline const RegistryPath remote_desktop_store{R"(SOFTWARE\Microsoft\SystemCertificates\Remote Desktop)"};
} // namespace keys

// The value in the type that it must have. Another type or a wrong size is malformed, with both types in `where`:
// hosts carry REG_SZ where REG_DWORD belongs. Blocks as Host does.
Result<std::uint32_t> read_dword(const Host& host, const RegistryPath& key, std::string_view name);
Result<std::string> read_text(const Host& host, const RegistryPath& key, std::string_view name);
Result<std::vector<std::string>> read_list(const Host& host, const RegistryPath& key, std::string_view name);
Result<Bytes> read_binary(const Host& host, const RegistryPath& key, std::string_view name);

// A DWORD that Group Policy can own, and where the value that counts was found.
struct Setting {
    std::uint32_t value = 0;
    bool from_policy = false;
    RegistryPath key;
    std::string name;
};

// Policy beats local; not_found when neither is set. A policy value that cannot be read is an error even when the
// local one can: which of them counts is then not known.
Result<Setting> effective_dword(const Host& host, const RegistryPath& policy, const RegistryPath& local,
                                std::string_view name);

// The value of that name in a list of them, null where there is none. Pure.
const RegistryValue* find_value(const std::map<std::string, RegistryValue>& values, std::string_view name);

// A DWORD of `key` from the list of its values, which is read once for many. not_found: not in it, or no such key; the
// error of the list where that could not be read. Pure.
Result<Setting> listed_dword(const Result<std::map<std::string, RegistryValue>>& values, const RegistryPath& key,
                             std::string_view name);

// "HKLM\\...\\Terminal Services: fDenyTSConnections", as evidence and as Finding::policy.
std::string label(const RegistryPath& key, std::string_view name);
// "HKLM\\...\\Terminal Services: fDenyTSConnections = 1", as evidence.
std::string evidence_of(const RegistryPath& key, std::string_view name, std::uint32_t value);
std::string evidence_of(const Setting& setting);

// The build of Windows, CurrentBuildNumber (a REG_SZ of digits): 17763 is Server 2019. Blocks as Host does.
Result<std::uint32_t> windows_build(const Host& host);

} // namespace rdpmedic
