// Which TCP ports may nobody bind?
#include "probes/formats/port_exclusions.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/program_output.hpp"
#include "probes/windows/reads.hpp"

namespace rdpmedic::windows {

// The only function that tells of reservations, LookupPersistentTcpPortReservation, answers for a range that is already
// known: https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-lookuppersistenttcpportreservation
Result<std::vector<PortRange>> excluded_ports() {
    wchar_t folder[MAX_PATH] = {};
    const UINT size = ::GetSystemDirectoryW(folder, MAX_PATH);
    if (size == 0 || size >= MAX_PATH)
        return last_error("GetSystemDirectoryW", "netsh.exe");
    const auto answer = program_output(std::wstring(folder, size) + L"\\netsh.exe",
                                       L"interface ipv4 show excludedportrange protocol=tcp", std::chrono::seconds{5});
    if (!answer)
        return answer.error();
    return parse_excluded_ports(*answer);
}

} // namespace rdpmedic::windows
