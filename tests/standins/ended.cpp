// Has a service ended without saying so? Test fixture: says it for a process that died, as the service manager of
// Windows notices by itself and that of Wine 8 does not.
//
// usage: standin_ended.exe SERVICE   0: the service manager takes the service for stopped now
#include <cstdio>

#include <windows.h>

int wmain(int argument_count, wchar_t** arguments) {
    constexpr DWORD set_status = 0x8000; // of Wine: what RegisterServiceCtrlHandler opens there
    const SC_HANDLE manager = ::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT);
    const SC_HANDLE service = ::OpenServiceW(manager, argument_count > 1 ? arguments[1] : L"", set_status);
    SERVICE_STATUS status{};
    status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    status.dwCurrentState = SERVICE_STOPPED;
    status.dwWin32ExitCode = ERROR_PROCESS_ABORTED;
    const BOOL said = ::SetServiceStatus(reinterpret_cast<SERVICE_STATUS_HANDLE>(service), &status);
    if (!said)
        std::fprintf(stderr, "standin_ended: %lu\n", ::GetLastError());
    ::CloseServiceHandle(service);
    ::CloseServiceHandle(manager);
    return said ? 0 : 1;
}
