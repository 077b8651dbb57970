// Who runs this process, on Windows?
#include "agent/main/user_name.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/text.hpp"

#include <iterator>

#define SECURITY_WIN32 // for security.h: these are no drivers
#include <security.h>

namespace rdpmedic {

// https://learn.microsoft.com/windows/win32/api/secext/nf-secext-getusernameexw
std::string user_name() {
    wchar_t name[1024] = {}; // a domain has at most 15 characters there, a user 256
    ULONG length = static_cast<ULONG>(std::size(name));
    if (::GetUserNameExW(NameSamCompatible, name, &length) != 0)
        return windows::to_utf8(windows::before_nul({name, length}));
    DWORD size = static_cast<DWORD>(std::size(name)); // with the NUL at the end, unlike above
    if (::GetUserNameW(name, &size) != 0)
        return windows::to_utf8(windows::before_nul({name, size}));
    return "unknown user";
}

} // namespace rdpmedic
