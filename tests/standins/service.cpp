// Test fixture: how does a stand-in run as a Windows service?
#include "tests/standins/service.hpp"

#include <cwchar>

namespace rdpmedic::standin {
namespace {

struct Service {
    std::wstring name;
    std::function<DWORD()> start;
    std::function<void()> stop;
    SERVICE_STATUS_HANDLE handle = nullptr;
    HANDLE stopped = nullptr;
};

// ServiceMain gets no context pointer, so the one service of this process has to be reachable without one:
// https://learn.microsoft.com/windows/win32/api/winsvc/nc-winsvc-lpservice_main_functionw
Service* the_service = nullptr;

void report(DWORD state, DWORD error = NO_ERROR) {
    SERVICE_STATUS status{};
    status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    status.dwCurrentState = state;
    status.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN : 0;
    status.dwWin32ExitCode = error;
    status.dwWaitHint = state == SERVICE_RUNNING || state == SERVICE_STOPPED ? 0 : 10000;
    SetServiceStatus(the_service->handle, &status);
}

DWORD WINAPI control(DWORD code, DWORD, void*, void*) {
    switch (code) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
        report(SERVICE_STOP_PENDING);
        SetEvent(the_service->stopped);
        return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
    default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

void WINAPI service_main(DWORD, wchar_t**) {
    Service& service = *the_service;
    service.handle = RegisterServiceCtrlHandlerExW(service.name.c_str(), &control, nullptr);
    report(SERVICE_START_PENDING);
    if (DWORD error = service.start(); error != NO_ERROR)
        return report(SERVICE_STOPPED, error);
    report(SERVICE_RUNNING);
    WaitForSingleObject(service.stopped, INFINITE);
    service.stop();
    report(SERVICE_STOPPED);
}

} // namespace

std::uint32_t dword(const std::wstring& key, const wchar_t* name, std::uint32_t otherwise) {
    DWORD value = 0;
    DWORD size = sizeof value;
    LSTATUS error = RegGetValueW(HKEY_LOCAL_MACHINE, key.c_str(), name, RRF_RT_REG_DWORD, nullptr, &value, &size);
    return error == ERROR_SUCCESS ? value : otherwise;
}

std::wstring text(const std::wstring& key, const wchar_t* name) {
    wchar_t value[256] = L"";
    DWORD size = sizeof value;
    LSTATUS error = RegGetValueW(HKEY_LOCAL_MACHINE, key.c_str(), name, RRF_RT_REG_SZ, nullptr, value, &size);
    return error == ERROR_SUCCESS ? value : L"";
}

int run_service(const wchar_t* name, std::function<DWORD()> start, std::function<void()> stop) {
    Service service{name, std::move(start), std::move(stop), nullptr, CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    the_service = &service;
    const SERVICE_TABLE_ENTRYW table[] = {{service.name.data(), &service_main}, {nullptr, nullptr}};
    bool ran = StartServiceCtrlDispatcherW(table) != 0;
    if (!ran)
        std::fwprintf(stderr, L"stand-in for %ls: Windows error %lu; the service control manager starts this program\n",
                      name, GetLastError());
    CloseHandle(service.stopped);
    return ran ? 0 : 1;
}

} // namespace rdpmedic::standin
