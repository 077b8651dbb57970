// Which TCP ports may nobody bind, and which are outgoing connections given?
#include "probes/formats/dynamic_ports.hpp"
#include "probes/formats/port_exclusions.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/program_output.hpp"
#include "probes/windows/reads.hpp"

namespace rdpmedic::windows {
namespace {

Result<std::string> netsh(const std::wstring& arguments) {
    wchar_t folder[MAX_PATH] = {};
    const UINT size = ::GetSystemDirectoryW(folder, MAX_PATH);
    if (size == 0 || size >= MAX_PATH)
        return last_error("GetSystemDirectoryW", "netsh.exe");
    return program_output(std::wstring(folder, size) + L"\\netsh.exe", arguments, std::chrono::seconds{5});
}

} // namespace

// The only function that tells of reservations, LookupPersistentTcpPortReservation, answers for a range that is already
// known: https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-lookuppersistenttcpportreservation
Result<std::vector<PortRange>> excluded_ports() {
    const auto answer = netsh(L"interface ipv4 show excludedportrange protocol=tcp");
    if (!answer)
        return answer.error();
    return parse_excluded_ports(*answer);
}

// The documented way besides WMI, whose provider (MSFT_NetTCPSetting) costs more than starting a program does and may
// block for minutes. Where the registry keeps the range is not documented.
// https://learn.microsoft.com/troubleshoot/windows-server/networking/default-dynamic-port-range-tcpip-chang
Result<PortRange> dynamic_ports() {
    const auto answer = netsh(L"interface ipv4 show dynamicport tcp");
    if (!answer)
        return answer.error();
    return parse_dynamic_ports(*answer);
}

} // namespace rdpmedic::windows
