// How are names asked and registered anew, and how does an adapter renew its lease without losing its address?
#include "agent/windows/control.hpp"

#include "agent/windows/system_program.hpp"
#include "probes/formats/firewall_rule.hpp"
#include "probes/windows/address_text.hpp"
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"

#include <iphlpapi.h>

#include <charconv>

namespace rdpmedic::windows {

namespace {

using FlushResolverCache = BOOL WINAPI();

struct Adapter {
    DWORD index = 0; // of IPv4
    bool dhcp = false;
    std::vector<std::string> addresses; // "192.0.2.10/24"
};

// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getadaptersaddresses
Result<Adapter> adapter_of(const std::string& id) {
    constexpr ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    const auto buffer = ask_growing("GetAdaptersAddresses", id, 16384, [&](BYTE* to, DWORD& size) -> DWORD {
        const ULONG code =
            ::GetAdaptersAddresses(AF_INET, flags, nullptr, reinterpret_cast<IP_ADAPTER_ADDRESSES*>(to), &size);
        return code == ERROR_BUFFER_OVERFLOW ? ERROR_INSUFFICIENT_BUFFER : code;
    });
    if (!buffer && buffer.error().native != ERROR_NO_DATA)
        return buffer.error();
    if (!buffer)
        return error_of(ERROR_NOT_FOUND, "GetAdaptersAddresses", id);
    for (auto* raw = reinterpret_cast<const IP_ADAPTER_ADDRESSES*>(buffer->data()); raw; raw = raw->Next) {
        if (!raw->AdapterName || !same_ignoring_case(raw->AdapterName, id))
            continue;
        Adapter adapter{raw->IfIndex, raw->Dhcpv4Enabled != 0, {}};
        for (auto* one = raw->FirstUnicastAddress; one; one = one->Next)
            if (const std::string text = address_text(one->Address); !text.empty())
                adapter.addresses.push_back(text + "/" + std::to_string(one->OnLinkPrefixLength));
        return adapter;
    }
    return error_of(ERROR_NOT_FOUND, "GetAdaptersAddresses", id);
}

// The adapter as IpRenewAddress takes it, whose name ends with the id: "\DEVICE\TCPIP_{GUID}".
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getinterfaceinfo
Result<IP_ADAPTER_INDEX_MAP> index_map_of(const std::string& id) {
    const auto buffer = ask_growing("GetInterfaceInfo", id, sizeof(IP_INTERFACE_INFO), [](BYTE* to, DWORD& size) {
        return ::GetInterfaceInfo(reinterpret_cast<IP_INTERFACE_INFO*>(to), &size);
    });
    if (!buffer)
        return buffer.error();
    const auto& info = *reinterpret_cast<const IP_INTERFACE_INFO*>(buffer->data());
    for (LONG row = 0; row < info.NumAdapters; ++row) {
        const std::string name = to_utf8(before_nul({info.Adapter[row].Name, MAX_ADAPTER_NAME}));
        if (name.size() >= id.size() && same_ignoring_case(name.substr(name.size() - id.size()), id))
            return info.Adapter[row];
    }
    return error_of(ERROR_NOT_FOUND, "GetInterfaceInfo", id);
}

struct Ipv4 {
    ULONG address = 0, mask = 0; // in network order
};

// "192.0.2.10/24"; malformed otherwise.
// https://learn.microsoft.com/windows/win32/api/ws2tcpip/nf-ws2tcpip-inetptonw
Result<Ipv4> parse_ipv4(const std::string& text) {
    const std::size_t slash = text.find('/');
    const Error malformed{Errc::malformed, 0, text + " is no IPv4 address with its prefix length"};
    if (slash == std::string::npos)
        return malformed;
    unsigned length = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data() + slash + 1, end, length);
    in_addr address{};
    if (problem != std::errc() || stop != end || length == 0 || length > 32 ||
        ::inet_pton(AF_INET, text.substr(0, slash).c_str(), &address) != 1)
        return malformed;
    return Ipv4{address.s_addr, ::htonl(~ULONG{0} << (32 - length))};
}

std::string without_prefix(const std::string& address) { return address.substr(0, address.find('/')); }

bool has(const Adapter& adapter, const std::string& wanted) {
    for (const std::string& one : adapter.addresses)
        if (without_prefix(one) == without_prefix(wanted))
            return true;
    return false;
}

} // namespace

Result<Change> capture_change(const FlushDns&) {
    return Change{CannotUndo{"the cache of the DNS client fills itself"}};
}

Result<Change> capture_change(const RegisterDns&) {
    return Change{CannotUndo{"names that were registered again are the ones that were registered before"}};
}

// Only where DHCP gave the address: a fixed one has no lease.
Result<Change> capture_change(const RenewLease& change) {
    const auto adapter = adapter_of(change.adapter);
    if (!adapter)
        return adapter.error();
    if (!adapter->dhcp)
        return Error{Errc::unsupported, 0, "adapter " + change.name + " has a fixed address, and no lease to renew"};
    if (const auto map = index_map_of(change.adapter); !map)
        return map.error();
    return Change{KeepAddress{change.adapter, adapter->addresses}};
}

Result<Change> capture_change(const KeepAddress& change) {
    if (const auto adapter = adapter_of(change.adapter); !adapter)
        return adapter.error();
    return Change{CannotUndo{"an address that was given back stays until the adapter is configured anew"}};
}

// Exported by every Windows and not documented; ipconfig /flushdns, which is, calls it. MEM: that it answers non-zero.
// https://learn.microsoft.com/windows-server/administration/windows-commands/ipconfig
Result<> apply_change(const FlushDns&) {
    const auto library = system_library(L"dnsapi.dll");
    if (!library)
        return library.error();
    auto* const flush = function_of<FlushResolverCache>(*library, "DnsFlushResolverCache");
    if (!flush)
        return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", "dnsapi.dll, DnsFlushResolverCache");
    ::SetLastError(ERROR_SUCCESS);
    if (!flush())
        return last_error("DnsFlushResolverCache", "this machine");
    return {};
}

// ipconfig, because it is documented and does not need the WMI service. The class behind Register-DnsClient has no
// documentation of its own. It only asks: whether a DNS server took the names is told by events of the DNS client.
// https://learn.microsoft.com/windows-server/administration/windows-commands/ipconfig
Result<> apply_change(const RegisterDns&) {
    const auto answer = system_program(L"ipconfig.exe", L"/registerdns", std::chrono::seconds{60});
    if (!answer)
        return answer.error();
    return {};
}

// Blocks until the DHCP client is done. The address stays in use meanwhile: nothing is released first.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-iprenewaddress
Result<> apply_change(const RenewLease& change) {
    auto map = index_map_of(change.adapter);
    if (!map)
        return map.error();
    if (const DWORD code = ::IpRenewAddress(&*map); code != NO_ERROR)
        return error_of(code, "IpRenewAddress", change.name);
    return {};
}

// Gone with the next start of the machine or of the adapter, as documented: DHCP has the last word.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-addipaddress
Result<> apply_change(const KeepAddress& change) {
    const auto adapter = adapter_of(change.adapter);
    if (!adapter)
        return adapter.error();
    for (const std::string& address : change.addresses) {
        const auto parsed = parse_ipv4(address);
        if (!parsed)
            return parsed.error();
        if (has(*adapter, address))
            continue; // already so
        ULONG context = 0, instance = 0;
        const DWORD code = ::AddIPAddress(parsed->address, parsed->mask, adapter->index, &context, &instance);
        if (code != NO_ERROR)
            return error_of(code, "AddIPAddress", address);
    }
    return {};
}

} // namespace rdpmedic::windows
