// Where does a function come from that not every Windows has?
#pragma once

#include "probes/result.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {

// Loads a library of Windows from System32 and nowhere else: a DLL of that name planted beside the program is not
// found. Once loaded it stays for the life of the process, as those do that are linked: to load one anew for every read
// costs more than most reads. https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-loadlibraryexw
inline Result<Library> system_library(const wchar_t* name) {
    Library library(::LoadLibraryExW(name, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32));
    if (!library)
        return last_error("LoadLibraryExW", to_utf8(name));
    HMODULE stays = nullptr;
    ::GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                         reinterpret_cast<const wchar_t*>(library.get()), &stays);
    return library;
}

// Null where the library does not have it. The library must outlive the use of the function.
template <class Function>
Function* function_of(const Library& library, const char* name) noexcept {
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(::GetProcAddress(library.get(), name)));
}

} // namespace rdpmedic::windows
