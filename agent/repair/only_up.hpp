// Would a new value of the listener make the host less safe than it is?
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rdpmedic {

// What guides and Microsoft's own documents set:
// https://learn.microsoft.com/troubleshoot/windows-server/remote/internal-error-has-occurred-remote-desktop-connection-issues
inline constexpr std::uint32_t documented_security_layer = 2, documented_nla = 1, documented_encryption_level = 3;

// False for a change that lowers SecurityLayer, UserAuthentication or MinEncryptionLevel: a smaller number, none, or a
// number out of range. What was not set or out of range before may only become the documented value or a higher one,
// because what Windows makes of it is not known. True for every other name. Pure.
// https://learn.microsoft.com/windows/win32/termserv/win32-tsgeneralsetting
bool raises(std::string_view name, std::optional<std::uint32_t> before, std::optional<std::uint32_t> after);

} // namespace rdpmedic
