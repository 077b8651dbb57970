// What does this machine call itself?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {
namespace {

// The size counts characters, and where the buffer is too small the terminating NUL too.
// https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getcomputernameexw
Result<std::string> name_of(COMPUTER_NAME_FORMAT format, const char* label) {
    const auto buffer = ask_growing("GetComputerNameExW", label, 512, [&](BYTE* to, DWORD& size) -> DWORD {
        DWORD characters = size / sizeof(wchar_t);
        const BOOL told = ::GetComputerNameExW(format, reinterpret_cast<wchar_t*>(to), &characters);
        const DWORD code = told ? ERROR_SUCCESS : ::GetLastError();
        size = characters * static_cast<DWORD>(sizeof(wchar_t));
        return code;
    });
    if (!buffer)
        return buffer.error();
    return to_utf8({reinterpret_cast<const wchar_t*>(buffer->data()), buffer->size() / sizeof(wchar_t)});
}

} // namespace

Result<HostNames> host_names() {
    const auto computer = name_of(ComputerNameNetBIOS, "NetBIOS");
    if (!computer)
        return computer.error();
    const auto host = name_of(ComputerNameDnsHostname, "DNS host name");
    if (!host)
        return host.error();
    const auto domain = name_of(ComputerNameDnsDomain, "DNS domain");
    if (!domain)
        return domain.error();
    return HostNames{*computer, *host, *domain};
}

} // namespace rdpmedic::windows
