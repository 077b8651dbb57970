// Can this machine go to sleep?
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"

#include <cstddef>
#include <cstring>

namespace rdpmedic::windows {
namespace {

// AoAc, the third byte after FastSystemS4: mingw-w64 calls these bytes spare.
// https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-system_power_capabilities
bool has_modern_standby(const SYSTEM_POWER_CAPABILITIES& raw) noexcept {
    BYTE bytes[sizeof raw] = {};
    std::memcpy(bytes, &raw, sizeof raw);
    return bytes[offsetof(SYSTEM_POWER_CAPABILITIES, FastSystemS4) + 3] != 0;
}

} // namespace

// https://learn.microsoft.com/windows/win32/api/powerbase/nf-powerbase-getpwrcapabilities
Result<PowerFacts> power() {
    const auto library = system_library(L"powrprof.dll");
    if (!library)
        return library.error();
    using GetPwrCapabilities = BOOLEAN WINAPI(SYSTEM_POWER_CAPABILITIES*);
    auto* const ask = function_of<GetPwrCapabilities>(*library, "GetPwrCapabilities");
    if (!ask)
        return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", "powrprof.dll, GetPwrCapabilities");
    SYSTEM_POWER_CAPABILITIES raw{};
    if (!ask(&raw))
        return last_error("GetPwrCapabilities", "this machine");
    return PowerFacts{raw.SystemS1 || raw.SystemS2 || raw.SystemS3, raw.SystemS4 && raw.HiberFilePresent,
                      has_modern_standby(raw)};
}

} // namespace rdpmedic::windows
