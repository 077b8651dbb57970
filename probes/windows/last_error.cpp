// What went wrong, in our words? The one place where codes of Windows become Errc.
#include "probes/windows/last_error.hpp"

#include "probes/windows/handle.hpp"

#include <wbemcli.h>
#include <winerror.h>

namespace rdpmedic::windows {
namespace {

Errc errc_of_win32(std::uint32_t native) noexcept {
    switch (native) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_NOT_FOUND:
    case ERROR_KEY_DELETED:
    case ERROR_SERVICE_DOES_NOT_EXIST:
    case ERROR_CTX_WINSTATION_NOT_FOUND:
    case ERROR_EVT_CHANNEL_NOT_FOUND:
        return Errc::not_found;
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD:
        return Errc::access_denied;
    case ERROR_TIMEOUT:
    case ERROR_SEM_TIMEOUT:
    case WAIT_TIMEOUT:
    case ERROR_SERVICE_REQUEST_TIMEOUT:
        return Errc::timed_out;
    case ERROR_NOT_SUPPORTED:
    case ERROR_CALL_NOT_IMPLEMENTED:
    case ERROR_MOD_NOT_FOUND:
    case ERROR_PROC_NOT_FOUND:
    case RPC_S_CANNOT_SUPPORT:
    case WSAEOPNOTSUPP:
    case WSAEAFNOSUPPORT:
        return Errc::unsupported;
    case ERROR_INVALID_DATA:
    case ERROR_BADDB:
    case ERROR_BADKEY:
    case ERROR_REGISTRY_CORRUPT:
    case ERROR_FILE_CORRUPT:
        return Errc::malformed;
    default:
        return Errc::io;
    }
}

constexpr std::uint32_t unsigned_of(long status) noexcept { return static_cast<std::uint32_t>(status); }

} // namespace

Errc errc_of(std::uint32_t native) noexcept {
    // HRESULT_FROM_WIN32 keeps the Win32 code in its low word: E_ACCESSDENIED is 0x80070005.
    if ((native & 0xFFFF0000U) == 0x80070000U)
        return errc_of_win32(native & 0xFFFFU);
    switch (native) {
    case unsigned_of(CRYPT_E_NOT_FOUND):
    case unsigned_of(CRYPT_E_NO_KEY_PROPERTY):
    case unsigned_of(NTE_BAD_KEYSET):
    case unsigned_of(NTE_NOT_FOUND):
    case unsigned_of(NTE_NO_KEY):
    case WBEM_E_NOT_FOUND:
    case WBEM_E_INVALID_NAMESPACE:
    case WBEM_E_INVALID_CLASS:
        return Errc::not_found;
    case unsigned_of(NTE_PERM):
    case WBEM_E_ACCESS_DENIED:
        return Errc::access_denied;
    case unsigned_of(RPC_E_TIMEOUT):
        return Errc::timed_out;
    case unsigned_of(E_NOTIMPL):
    case unsigned_of(E_NOINTERFACE):
    case unsigned_of(REGDB_E_CLASSNOTREG):
    case unsigned_of(CLASS_E_CLASSNOTAVAILABLE):
    case unsigned_of(NTE_NOT_SUPPORTED):
    case WBEM_E_NOT_SUPPORTED:
    case WBEM_E_PROVIDER_NOT_CAPABLE:
    case WBEM_E_METHOD_NOT_IMPLEMENTED:
        return Errc::unsupported;
    case unsigned_of(NTE_BAD_DATA):
    case unsigned_of(CRYPT_E_BAD_ENCODE):
        return Errc::malformed;
    default:
        return errc_of_win32(native);
    }
}

Error error_of(std::uint32_t native, std::string_view call, std::string_view object) {
    std::string where;
    where.reserve(call.size() + object.size() + 2);
    where.append(call).append("(").append(object).append(")");
    return {errc_of(native), native, std::move(where)};
}

Error error_of_status(long status, std::string_view call, std::string_view object) {
    return error_of(unsigned_of(status), call, object);
}

Error last_error(std::string_view call, std::string_view object) {
    const std::uint32_t native = ::GetLastError();
    return error_of(native, call, object);
}

} // namespace rdpmedic::windows
