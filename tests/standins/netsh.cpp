// Test fixture, not part of the product: a netsh.exe that knows `winsock reset`, `winsock remove provider N` and
// `winsock dump`, of which Wine's knows none.
//
// It works on the entries of Catalog_Entries64 in the registry, where Windows keeps them: reset drops each whose DLL is
// not mswsock.dll. RDPMEDIC_STANDIN_NETSH=fail makes it end with status 1, as the real one does when it is refused.
#include <winsock2.h>

#include <windows.h>

#include <cstdio>
#include <cwchar>
#include <string>
#include <vector>

namespace {

constexpr wchar_t entries_key[] =
    L"SYSTEM\\CurrentControlSet\\Services\\WinSock2\\Parameters\\Protocol_Catalog9\\Catalog_Entries64";

std::vector<std::wstring> entries() {
    std::vector<std::wstring> names;
    HKEY key = nullptr;
    if (::RegOpenKeyExW(HKEY_LOCAL_MACHINE, entries_key, 0, KEY_READ, &key) != ERROR_SUCCESS)
        return names;
    wchar_t name[256] = {};
    for (DWORD index = 0; ::RegEnumKeyW(key, index, name, 256) == ERROR_SUCCESS; ++index)
        names.emplace_back(name);
    ::RegCloseKey(key);
    return names;
}

// An entry begins with the path of its DLL, in the encoding of the system.
std::string dll_of(const std::wstring& entry) {
    char data[4096] = {};
    DWORD size = sizeof data - 1;
    const std::wstring path = std::wstring(entries_key) + L"\\" + entry;
    if (::RegGetValueW(HKEY_LOCAL_MACHINE, path.c_str(), L"PackedCatalogItem", RRF_RT_REG_BINARY, nullptr, data,
                       &size) != ERROR_SUCCESS)
        return {};
    return data;
}

bool drop(const std::wstring& entry) {
    const std::wstring path = std::wstring(entries_key) + L"\\" + entry;
    return ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, path.c_str()) == ERROR_SUCCESS;
}

int reset() {
    for (const std::wstring& entry : entries())
        if (dll_of(entry).find("mswsock.dll") == std::string::npos && !drop(entry))
            return 1;
    std::puts("The Winsock catalogue was reset. Restart the computer (stand-in).");
    return 0;
}

int remove_provider(const std::wstring& number) {
    std::wstring entry = number;
    entry.insert(0, entry.size() < 12 ? 12 - entry.size() : 0, L'0');
    if (!drop(entry)) {
        std::puts("There is no such provider (stand-in).");
        return 1;
    }
    std::puts("The provider was removed (stand-in).");
    return 0;
}

int dump() {
    std::puts("# The Winsock catalogue, as the stand-in sees it");
    for (const std::wstring& entry : entries())
        std::printf("# %ls %s\n", entry.c_str(), dll_of(entry).c_str());
    return 0;
}

} // namespace

int wmain(int count, wchar_t** arguments) {
    std::wstring command;
    for (int i = 1; i < count; ++i)
        command += (i > 1 ? L" " : L"") + std::wstring(arguments[i]);
    wchar_t staged[16] = {};
    if (::GetEnvironmentVariableW(L"RDPMEDIC_STANDIN_NETSH", staged, 16) > 0 && std::wstring(staged) == L"fail") {
        std::puts("The operation was refused (stand-in).");
        return 1;
    }
    constexpr wchar_t remove[] = L"winsock remove provider ";
    if (command == L"winsock reset")
        return reset();
    if (command == L"winsock dump")
        return dump();
    if (command.rfind(remove, 0) == 0)
        return remove_provider(command.substr(std::wcslen(remove)));
    std::printf("The command %ls is not known to the stand-in.\n", command.c_str());
    return 1;
}
