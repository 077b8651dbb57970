// How is the RD Gateway of this host set up?
#include "probes/windows/reads.hpp"
#include "probes/windows/wmi.hpp"

namespace rdpmedic::windows {
namespace {

// A method that is there and gives no value must not pass for one that this Windows does not have.
Error without_answer(Error error) {
    if (error.code == Errc::not_found)
        error.code = Errc::malformed;
    return error;
}

// https://learn.microsoft.com/windows/win32/termserv/istransportenabled-win32-tsgatewayserversettings
// https://learn.microsoft.com/windows/win32/termserv/getipandport-win32-tsgatewayserversettings
Result<GatewayUdp> udp_of(const Wmi& wmi, const WmiObject& row) {
    const std::vector<WmiInput> udp{{L"TransportType", 2}};
    const auto transport = wmi.call(row, L"IsTransportEnabled", udp);
    if (!transport)
        return transport.error();
    const auto enabled = transport->flag(L"Enabled");
    if (!enabled)
        return without_answer(enabled.error());
    if (!*enabled)
        return GatewayUdp{};
    const auto address = wmi.call(row, L"GetIPAndPort", udp);
    if (!address)
        return address.error();
    const auto port = address->number(L"Port");
    if (!port)
        return without_answer(port.error());
    return GatewayUdp{true, static_cast<std::uint16_t>(*port)};
}

} // namespace

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
    facts.udp = udp_of(*wmi, row);
    return facts;
}

} // namespace rdpmedic::windows
