// How is the engine of the Windows Filtering Platform asked for what it has?
//
// fwpuclnt.dll is loaded when it is asked, from System32 alone. All calls block for as long as the service BFE does.
// https://learn.microsoft.com/windows/win32/fwp/object-management
#pragma once

#include "probes/windows/system_library.hpp"

#include <fwpmu.h>

#include <memory>
#include <string>

namespace rdpmedic::windows {

// A session with the engine of this machine, which ends with the object.
class FilterEngine {
  public:
    static Result<FilterEngine> open();

    // Null where the library does not have it.
    template <class Function>
    Function* function(const std::string& name) const noexcept {
        return function_of<Function>(library_, name.c_str());
    }
    HANDLE session() const noexcept { return session_.get(); }

  private:
    using Close = DWORD WINAPI(HANDLE);
    FilterEngine(Library library, HANDLE session, Close* close)
        : library_(std::move(library)), session_(session, close) {}

    Library library_;
    std::unique_ptr<void, Close*> session_;
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

std::string text_of(const wchar_t* text); // empty for none
std::string text_of(const GUID& id);      // "{GUID}", upper case

// Hands every object that fits `wanted` (null: all) to take(const Row&). `kind` begins the names of its functions:
// "FwpmFilter". malformed: there are more than `most`.
// https://learn.microsoft.com/windows/win32/api/fwpmu/nf-fwpmu-fwpmfilterenum0
template <class Row, class Wanted, class Take>
Result<> enumerate(const FilterEngine& engine, const std::string& kind, const Wanted* wanted, std::size_t most,
                   Take take) {
    const auto create =
        engine.template function<DWORD WINAPI(HANDLE, const Wanted*, HANDLE*)>(kind + "CreateEnumHandle0");
    const auto destroy = engine.template function<DWORD WINAPI(HANDLE, HANDLE)>(kind + "DestroyEnumHandle0");
    const auto next = engine.template function<DWORD WINAPI(HANDLE, HANDLE, UINT32, Row***, UINT32*)>(kind + "Enum0");
    const auto release = engine.template function<void WINAPI(void**)>("FwpmFreeMemory0");
    if (!create || !destroy || !next || !release)
        return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", "fwpuclnt.dll, " + kind + "Enum0");
    HANDLE cursor = nullptr;
    DWORD code = create(engine.session(), wanted, &cursor);
    if (code != ERROR_SUCCESS)
        return error_of(code, kind + "CreateEnumHandle0", "all");
    const AtEnd leave([&] { destroy(engine.session(), cursor); });
    constexpr UINT32 page = 64;
    std::size_t seen = 0;
    for (UINT32 count = page; count == page;) {
        Row** rows = nullptr;
        code = next(engine.session(), cursor, page, &rows, &count);
        if (code != ERROR_SUCCESS)
            return error_of(code, kind + "Enum0", "all");
        const AtEnd give_back([&] { release(reinterpret_cast<void**>(&rows)); });
        seen += count;
        if (seen > most)
            return Error{Errc::malformed, 0, kind + "Enum0, which has more than " + std::to_string(most)};
        for (UINT32 row = 0; row < count; ++row)
            take(*rows[row]);
    }
    return {};
}

} // namespace rdpmedic::windows
