// Who may drop packets through the Windows Filtering Platform?
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"

#include <fwpmu.h>
#include <objbase.h>

#include <array>
#include <memory>

namespace rdpmedic::windows {
namespace {

using EngineOpen = DWORD WINAPI(const wchar_t*, UINT32, SEC_WINNT_AUTH_IDENTITY_W*, const FWPM_SESSION0*, HANDLE*);
using EngineClose = DWORD WINAPI(HANDLE);
using CreateEnum = DWORD WINAPI(HANDLE, const FWPM_PROVIDER_ENUM_TEMPLATE0*, HANDLE*);
using DestroyEnum = DWORD WINAPI(HANDLE, HANDLE);
using Enumerate = DWORD WINAPI(HANDLE, HANDLE, UINT32, FWPM_PROVIDER0***, UINT32*);
using Free = void WINAPI(void**);

struct Engine {
    static Result<Engine> load() {
        auto library = system_library(L"fwpuclnt.dll");
        if (!library)
            return library.error();
        Engine api;
        api.library = std::move(*library);
        api.open = function_of<EngineOpen>(api.library, "FwpmEngineOpen0");
        api.close = function_of<EngineClose>(api.library, "FwpmEngineClose0");
        api.create_enum = function_of<CreateEnum>(api.library, "FwpmProviderCreateEnumHandle0");
        api.destroy_enum = function_of<DestroyEnum>(api.library, "FwpmProviderDestroyEnumHandle0");
        api.enumerate = function_of<Enumerate>(api.library, "FwpmProviderEnum0");
        api.free = function_of<Free>(api.library, "FwpmFreeMemory0");
        if (!api.open || !api.close || !api.create_enum || !api.destroy_enum || !api.enumerate || !api.free)
            return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", "fwpuclnt.dll, FwpmProviderEnum0");
        return api;
    }

    Library library;
    EngineOpen* open = nullptr;
    EngineClose* close = nullptr;
    CreateEnum* create_enum = nullptr;
    DestroyEnum* destroy_enum = nullptr;
    Enumerate* enumerate = nullptr;
    Free* free = nullptr;
};

// Runs `end` when the scope is left.
template <class End>
class AtEnd {
  public:
    explicit AtEnd(End end) : end_(std::move(end)) {}
    ~AtEnd() { end_(); }
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;

  private:
    End end_;
};

std::string text_of(const wchar_t* text) { return text ? to_utf8(text) : std::string(); }

std::string text_of(const GUID& id) {
    std::array<wchar_t, 40> text{};
    ::StringFromGUID2(id, text.data(), static_cast<int>(text.size()));
    return to_utf8(before_nul({text.data(), text.size()}));
}

Result<std::vector<FilterProvider>> list(const Engine& api, HANDLE engine) {
    HANDLE cursor = nullptr;
    DWORD code = api.create_enum(engine, nullptr, &cursor);
    if (code != ERROR_SUCCESS)
        return error_of(code, "FwpmProviderCreateEnumHandle0", "all");
    const AtEnd leave([&] { api.destroy_enum(engine, cursor); });
    constexpr UINT32 page = 64, most = 4096;
    std::vector<FilterProvider> providers;
    for (UINT32 count = page; count == page && providers.size() < most;) {
        FWPM_PROVIDER0** rows = nullptr;
        code = api.enumerate(engine, cursor, page, &rows, &count);
        if (code != ERROR_SUCCESS)
            return error_of(code, "FwpmProviderEnum0", "all");
        for (UINT32 row = 0; row < count; ++row)
            providers.push_back({text_of(rows[row]->providerKey), text_of(rows[row]->displayData.name),
                                 text_of(rows[row]->serviceName)});
        api.free(reinterpret_cast<void**>(&rows));
    }
    return providers;
}

} // namespace

// https://learn.microsoft.com/windows/win32/api/fwpmu/nf-fwpmu-fwpmproviderenum0
Result<std::vector<FilterProvider>> filter_providers() {
    const auto api = Engine::load();
    if (!api)
        return api.error();
    HANDLE engine = nullptr;
    const DWORD code = api->open(nullptr, RPC_C_AUTHN_WINNT, nullptr, nullptr, &engine);
    if (code != ERROR_SUCCESS)
        return error_of(code, "FwpmEngineOpen0", "this machine");
    const AtEnd leave([&] { api->close(engine); });
    return list(*api, engine);
}

} // namespace rdpmedic::windows
