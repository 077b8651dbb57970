// What went wrong, in our words? The one place where codes of Windows become Errc.
#pragma once

#include "probes/result.hpp"

#include <string_view>

namespace rdpmedic::windows {

// A Win32 code, an HRESULT or a Winsock code as one of ours; what is not in the table is Errc::io.
// https://learn.microsoft.com/windows/win32/debug/system-error-codes
Errc errc_of(std::uint32_t native) noexcept;

// `where` becomes "call(object)": error_of(1060, "OpenServiceW", "SessionEnv").
Error error_of(std::uint32_t native, std::string_view call, std::string_view object);
Error error_of_status(long status, std::string_view call, std::string_view object); // HRESULT, SECURITY_STATUS, LSTATUS

// GetLastError is asked first, before any text is built: building text may overwrite it.
Error last_error(std::string_view call, std::string_view object);

} // namespace rdpmedic::windows
