// Test fixture: a stand-in for the service SessionEnv, which makes and renews the certificate of Remote Desktop.
//
// At start it makes a certificate where the store has none, and replaces an expired one, as the real service does. The
// DWORD BrokenRenewal=1 below HKLM\SOFTWARE\rdpmedic-standin stages a broken renewal: an expired certificate then
// stays until somebody deletes it. BrokenCreation=1 stages a service that runs and makes nothing.
#include "tests/standins/rdp_certificate.hpp"
#include "tests/standins/service.hpp"

#include <cstdio>
#include <exception>

using namespace rdpmedic::standin;

namespace {

DWORD start() {
    try {
        constexpr const wchar_t* switches = L"SOFTWARE\\rdpmedic-standin";
        Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        if (dword(switches, L"BrokenRenewal", 0) == 0)
            remove(true, now);
        if (count() == 0 && dword(switches, L"BrokenCreation", 0) == 0)
            create(now, now + std::chrono::days(183));
        return NO_ERROR;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "stand-in for SessionEnv: %s\n", error.what());
        return ERROR_INTERNAL_ERROR;
    }
}

} // namespace

int wmain() {
    return run_service(L"SessionEnv", &start, [] {});
}
