// Do packets of RDP get through this host's own network?
#pragma once

#include "probes/network_memory.hpp"
#include "probes/network_ports.hpp"
#include "probes/network_settings.hpp"
#include "probes/probe.hpp"

namespace rdpmedic::network {

// Fewer than these between two looks say nothing about a share of one or two percent.
constexpr std::uint64_t few_segments = 1000, few_packets = 1000;
constexpr std::uint32_t few_requests = 20;           // of echo, over some looks
constexpr std::chrono::hours silence_speaks_for{24}; // how long a gateway that used to answer is missed
constexpr std::uint32_t least_mtu = 1280;            // RFC 8200, section 5: what every link of IPv6 carries
// Ethernet's. An adapter may be set to more (jumbo frames) on a network whose router takes no more.
constexpr std::uint32_t most_full_packet = 1500;

// MEM: the numbers are IANA's; that VPN clients use 23 and 53 is from memory, and is evidence only.
// https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_if_row2
constexpr std::uint32_t type_ppp = 23, type_loopback = 24, type_virtual = 53, type_tunnel = 131;

// Neither the loopback adapter nor the tunnels of Windows itself (Teredo, ISATAP, 6to4).
bool is_real(const AdapterFacts& adapter);
// Whether it has an address that others can reach: none that Windows gave it for want of a DHCP server.
bool has_address(const AdapterFacts& adapter);

struct Gateway {
    std::string address, adapter; // the adapter's name
    Result<EchoFacts> now = EchoFacts{};
    GatewayMemory memory;                             // with the present look
    std::uint32_t packet = 0;                         // bytes of the full-size echo
    std::optional<Result<FullEchoFacts>> full_size{}; // asked over IPv4, of a gateway that answers small ones
};

// What Windows has learnt about the way to a client that is connected now.
struct ClientPath {
    std::string address;
    Result<std::uint32_t> mtu = 0U;
};

struct PowerSaving {
    std::string adapter; // name
    RegistryPath key;
    Result<std::uint32_t> capabilities = 0U; // PnPCapabilities; not_found: as Windows sets it up
};

struct Facts {
    Result<std::vector<AdapterFacts>> adapters = std::vector<AdapterFacts>{};
    Result<TcpStatistics> tcp = TcpStatistics{};
    std::optional<Memory> before; // the look before, empty at the first
    Result<std::vector<TcpConnection>> connections = std::vector<TcpConnection>{};
    std::optional<Result<PortRange>> dynamic_ports;  // asked where there are enough connections for the smallest range
    std::optional<Result<ProcessFacts>> top_process; // the one with most of these ports
    std::vector<Gateway> gateways;
    Result<std::uint32_t> rdp_port = 3389U; // read where somebody from elsewhere is connected to anything
    std::vector<ClientPath> client_paths;   // of at most four clients of that port
    Result<DomainMembership> domain = DomainMembership{};
    // Asked of members of a domain, or where nobody knows: finding them costs more than all other reads together.
    Result<std::vector<NetworkProfile>> networks = std::vector<NetworkProfile>{};
    std::optional<Result<FirewallProfiles>> firewall; // asked of a member that is in none of its domain's networks
    Result<PowerFacts> power = PowerFacts{};
    std::vector<PowerSaving> power_saving; // of adapters in use, where the machine can sleep
    Settings settings;
};

// Where Windows keeps the power management of these adapters, by their ids. Blocks as the host does.
std::vector<PowerSaving> power_saving_of(const Host& host, const std::vector<AdapterFacts>& adapters);
// Those that are up, take their address from DHCP and have none that others could reach. Pure.
std::vector<AdapterFacts> without_lease(const std::vector<AdapterFacts>& adapters);

// Whether a network of a category is among them.
bool has_category(const std::vector<NetworkProfile>& networks, NetworkCategory category);

// Blocks as the host does: up to 20 s for the echoes of four gateways. A failed read is in the facts.
Result<Facts> collect(const Host& host, const JudgeContext& context);
// Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::network
