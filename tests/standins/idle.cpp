// Test fixture: a stand-in for a service that only has to run (UmRdpService, MpsSvc). usage: standin_idle.exe NAME
#include "tests/standins/service.hpp"

using namespace rdpmedic::standin;

int wmain(int count, wchar_t** arguments) {
    return run_service(
        count > 1 ? arguments[1] : L"idle", [] { return DWORD{NO_ERROR}; }, [] {});
}
