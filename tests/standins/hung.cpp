// Test fixture: a stand-in for a service that hangs on its way up. usage: standin_hung.exe NAME
#include <winsock2.h>

#include <windows.h>

#include <string>

namespace {

DWORD WINAPI control(DWORD, DWORD, void*, void*) { return ERROR_CALL_NOT_IMPLEMENTED; }

void WINAPI service_main(DWORD, wchar_t** arguments) {
    SERVICE_STATUS status{};
    status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    status.dwCurrentState = SERVICE_START_PENDING;
    status.dwWaitHint = 1000;
    ::SetServiceStatus(::RegisterServiceCtrlHandlerExW(arguments[0], &control, nullptr), &status);
    ::Sleep(INFINITE);
}

} // namespace

int wmain(int count, wchar_t** arguments) {
    std::wstring name = count > 1 ? arguments[1] : L"hung";
    const SERVICE_TABLE_ENTRYW table[] = {{name.data(), &service_main}, {nullptr, nullptr}};
    return ::StartServiceCtrlDispatcherW(table) ? 0 : 1;
}
