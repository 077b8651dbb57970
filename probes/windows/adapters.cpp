// Which network adapters has this machine, what do they carry, and who told them their addresses?
#include "probes/windows/address_text.hpp"
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"

#include <iphlpapi.h>

#include <netioapi.h>

namespace rdpmedic::windows {
namespace {

using GetIpInterfaceEntry = NETIO_STATUS NETIOAPI_API_(PMIB_IPINTERFACE_ROW);

template <class List>
std::vector<std::string> addresses_of(const List* first) {
    std::vector<std::string> result;
    for (const List* one = first; one; one = one->Next)
        if (std::string text = address_text(one->Address); !text.empty())
            result.push_back(std::move(text));
    return result;
}

std::string text_of(const wchar_t* text) { return text ? to_utf8(text) : std::string(); }

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - ('a' - 'A'));
    return text;
}

// What IP sends at most, which `netsh interface ipv4 set subinterface mtu=` changes; the adapter's own MTU stays.
// https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_ipinterface_row
ULONG network_mtu(GetIpInterfaceEntry* ask, const NET_LUID& luid, ULONG otherwise) {
    for (const ADDRESS_FAMILY family : {ADDRESS_FAMILY{AF_INET}, ADDRESS_FAMILY{AF_INET6}}) {
        MIB_IPINTERFACE_ROW row{};
        row.Family = family;
        row.InterfaceLuid = luid;
        if (ask && ask(&row) == NO_ERROR)
            return row.NlMtu;
    }
    return otherwise;
}

AdapterFacts described(const IP_ADAPTER_ADDRESSES& raw) {
    AdapterFacts facts;
    facts.id = upper(raw.AdapterName ? raw.AdapterName : "");
    facts.name = text_of(raw.FriendlyName);
    facts.description = text_of(raw.Description);
    facts.type = raw.IfType;
    facts.addresses = addresses_of(raw.FirstUnicastAddress);
    facts.gateways = addresses_of(raw.FirstGatewayAddress);
    facts.dns_servers = addresses_of(raw.FirstDnsServerAddress);
    facts.dns_suffix = text_of(raw.DnsSuffix);
    facts.dhcp = raw.Dhcpv4Enabled != 0;
    facts.registers_in_dns = raw.DdnsEnabled != 0;
    return facts;
}

// https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_if_row2
void count(const MIB_IF_ROW2& row, AdapterFacts& facts) {
    facts.up = row.OperStatus == IfOperStatusUp;
    facts.connected = row.MediaConnectState == MediaConnectStateConnected;
    facts.hardware = row.InterfaceAndOperStatusFlags.HardwareInterface != 0;
    facts.speed = row.TransmitLinkSpeed;
    facts.packets_in = row.InUcastPkts + row.InNUcastPkts;
    facts.packets_out = row.OutUcastPkts + row.OutNUcastPkts;
    facts.errors_in = row.InErrors;
    facts.errors_out = row.OutErrors;
    facts.discards_in = row.InDiscards;
    facts.discards_out = row.OutDiscards;
}

} // namespace

// Only adapters that IP is bound to: GetIfTable2 alone would list each one again for every filter above it.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getadaptersaddresses
Result<std::vector<AdapterFacts>> adapters() {
    constexpr ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_INCLUDE_GATEWAYS;
    const auto buffer = ask_growing("GetAdaptersAddresses", "all", 16384, [&](BYTE* to, DWORD& size) -> DWORD {
        const ULONG code =
            ::GetAdaptersAddresses(AF_UNSPEC, flags, nullptr, reinterpret_cast<IP_ADAPTER_ADDRESSES*>(to), &size);
        return code == ERROR_BUFFER_OVERFLOW ? ERROR_INSUFFICIENT_BUFFER : code;
    });
    if (!buffer && buffer.error().native == ERROR_NO_DATA)
        return std::vector<AdapterFacts>{};
    if (!buffer)
        return buffer.error();
    const auto library = system_library(L"iphlpapi.dll"); // Wine's has no GetIpInterfaceEntry
    auto* const ask_ip = library ? function_of<GetIpInterfaceEntry>(*library, "GetIpInterfaceEntry") : nullptr;
    std::vector<AdapterFacts> adapters;
    for (auto* raw = reinterpret_cast<const IP_ADAPTER_ADDRESSES*>(buffer->data()); raw; raw = raw->Next) {
        AdapterFacts facts = described(*raw);
        MIB_IF_ROW2 row{};
        row.InterfaceLuid = raw->Luid;
        const auto code = ::GetIfEntry2(&row);
        if (code == ERROR_FILE_NOT_FOUND)
            continue; // gone since the list was made
        if (code != NO_ERROR)
            return error_of(code, "GetIfEntry2", facts.name);
        count(row, facts);
        facts.mtu = network_mtu(ask_ip, raw->Luid, row.Mtu);
        adapters.push_back(std::move(facts));
    }
    return adapters;
}

} // namespace rdpmedic::windows
