// How is the RD Gateway of this host set up?
#include "probes/windows/reads.hpp"
#include "probes/windows/wmi.hpp"

namespace rdpmedic::windows {

// https://learn.microsoft.com/windows/win32/termserv/win32-tsgatewayserversettings
Result<GatewayFacts> gateway() {
    const auto wmi = Wmi::connect(L"ROOT\\CIMV2\\TerminalServices");
    if (!wmi)
        return wmi.error();
    const auto rows = wmi->query(L"SELECT * FROM Win32_TSGatewayServerSettings");
    if (!rows)
        return rows.error();
    if (rows->empty())
        return Error{Errc::not_found, 0, "Win32_TSGatewayServerSettings has no instance"};
    const WmiObject& row = rows->front();
    const auto configured = row.flag(L"IsConfigured");
    if (!configured)
        return configured.error();
    GatewayFacts facts;
    facts.configured = *configured;
    auto certificate = row.bytes(L"CertHash");
    if (is_unreadable(certificate))
        return certificate.error();
    if (certificate) // null: there is none
        facts.certificate = std::move(*certificate);
    const auto bridging = row.number(L"SslBridging");
    if (is_unreadable(bridging))
        return bridging.error();
    facts.ssl_bridging = bridging ? *bridging : 0;
    return facts;
}

} // namespace rdpmedic::windows
