// Who may drop packets through the Windows Filtering Platform?
#include "probes/windows/filter_engine.hpp"
#include "probes/windows/reads.hpp"

#include <objbase.h>

#include <array>

namespace rdpmedic::windows {

// https://learn.microsoft.com/windows/win32/api/fwpmu/nf-fwpmu-fwpmengineopen0
Result<FilterEngine> FilterEngine::open() {
    using Open = DWORD WINAPI(const wchar_t*, UINT32, SEC_WINNT_AUTH_IDENTITY_W*, const FWPM_SESSION0*, HANDLE*);
    auto library = system_library(L"fwpuclnt.dll");
    if (!library)
        return library.error();
    Open* const open_engine = function_of<Open>(*library, "FwpmEngineOpen0");
    Close* const close = function_of<Close>(*library, "FwpmEngineClose0");
    if (!open_engine || !close)
        return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", "fwpuclnt.dll, FwpmEngineOpen0");
    HANDLE session = nullptr;
    const DWORD code = open_engine(nullptr, RPC_C_AUTHN_WINNT, nullptr, nullptr, &session);
    if (code != ERROR_SUCCESS)
        return error_of(code, "FwpmEngineOpen0", "this machine");
    return FilterEngine(std::move(*library), session, close);
}

std::string text_of(const wchar_t* text) { return text ? to_utf8(text) : std::string(); }

std::string text_of(const GUID& id) {
    std::array<wchar_t, 40> text{};
    ::StringFromGUID2(id, text.data(), static_cast<int>(text.size()));
    return to_utf8(before_nul({text.data(), text.size()}));
}

// https://learn.microsoft.com/windows/win32/api/fwpmu/nf-fwpmu-fwpmproviderenum0
Result<std::vector<FilterProvider>> filter_providers() {
    const auto engine = FilterEngine::open();
    if (!engine)
        return engine.error();
    constexpr std::size_t most = 4096;
    const FWPM_PROVIDER_ENUM_TEMPLATE0* const all = nullptr;
    std::vector<FilterProvider> providers;
    const Result<> done =
        enumerate<FWPM_PROVIDER0>(*engine, "FwpmProvider", all, most, [&](const FWPM_PROVIDER0& provider) {
            providers.push_back(
                {text_of(provider.providerKey), text_of(provider.displayData.name), text_of(provider.serviceName)});
        });
    if (!done)
        return done.error();
    return providers;
}

} // namespace rdpmedic::windows
