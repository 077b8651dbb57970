// Test fixture, not part of the product: an ipconfig.exe that knows `/registerdns`, which Wine's does not.
//
// It counts in HKLM\SOFTWARE\rdpmedic-standin, value RegisterDns. RDPMEDIC_STANDIN_IPCONFIG=fail makes it end with
// status 1.
#include <winsock2.h>

#include <windows.h>

#include <cstdio>
#include <string>

namespace {

constexpr wchar_t key[] = L"SOFTWARE\\rdpmedic-standin";
constexpr wchar_t counter[] = L"RegisterDns";

} // namespace

int wmain(int count, wchar_t** arguments) {
    wchar_t staged[16] = {};
    const bool fails =
        ::GetEnvironmentVariableW(L"RDPMEDIC_STANDIN_IPCONFIG", staged, 16) > 0 && std::wstring(staged) == L"fail";
    if (fails || count != 2 || std::wstring(arguments[1]) != L"/registerdns") {
        std::puts("The operation was refused (stand-in).");
        return 1;
    }
    DWORD times = 0, size = sizeof times;
    ::RegGetValueW(HKEY_LOCAL_MACHINE, key, counter, RRF_RT_REG_DWORD, nullptr, &times, &size);
    ++times;
    if (::RegSetKeyValueW(HKEY_LOCAL_MACHINE, key, counter, REG_DWORD, &times, sizeof times) != ERROR_SUCCESS)
        return 1;
    std::puts("Registration of the DNS records has been initiated (stand-in).");
    return 0;
}
