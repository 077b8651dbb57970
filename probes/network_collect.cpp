// What does the host say about its network?
#include "probes/formats/ip_address.hpp"
#include "probes/listener.hpp"
#include "probes/network.hpp"
#include "probes/registry.hpp"

#include <algorithm>

namespace rdpmedic::network {
namespace {

constexpr std::string_view note = "looks";
constexpr std::size_t most_gateways = 4, most_looks = 64, most_client_paths = 4;

// The network adapters among the classes of devices:
// https://learn.microsoft.com/troubleshoot/windows-client/networking/power-management-on-network-adapter
const RegistryPath adapter_class{R"(SYSTEM\CurrentControlSet\Control\Class\{4D36E972-E325-11CE-BFC1-08002bE10318})"};

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - ('a' - 'A'));
    return text;
}

Memory present(const Facts& facts, Time now) {
    Memory memory;
    memory.at = now;
    if ((memory.has_segments = facts.tcp.has_value())) {
        memory.segments_sent = facts.tcp->v4.segments_sent + facts.tcp->v6.segments_sent;
        memory.segments_retransmitted = facts.tcp->v4.segments_retransmitted + facts.tcp->v6.segments_retransmitted;
    }
    if (facts.adapters)
        for (const AdapterFacts& adapter : *facts.adapters)
            if (is_real(adapter) && adapter.up)
                memory.traffic[adapter.id] = traffic_of(adapter);
    for (const Gateway& gateway : facts.gateways)
        memory.gateways[gateway.address] = gateway.memory;
    return memory;
}

// IPv4 where an adapter has it: routers of IPv6 are link-local addresses of the same machine.
std::vector<std::string> gateways_of(const AdapterFacts& adapter) {
    std::vector<std::string> v4, v6;
    for (const std::string& text : adapter.gateways) {
        const auto address = parse_ip_address(text);
        if (address && !address->is_unspecified()) // point-to-point links have no gateway to ask
            (address->is_v4() ? v4 : v6).push_back(text);
    }
    return v4.empty() ? v6 : v4;
}

// Only a gateway that answers small echoes can show that large ones get lost.
void ask_full_size(const Host& host, const AdapterFacts& adapter, Gateway& gateway) {
    const auto address = parse_ip_address(gateway.address);
    if (!gateway.now || gateway.now->answered == 0 || !address || !address->is_v4() || adapter.mtu < least_mtu)
        return;
    gateway.packet = std::min(adapter.mtu, most_full_packet);
    gateway.full_size = host.full_echo({gateway.address, gateway.packet});
}

void ask_gateways(const Host& host, const JudgeContext& context, Facts& facts) {
    if (!facts.adapters)
        return;
    const auto known = [&](const std::string& address) {
        return std::any_of(facts.gateways.begin(), facts.gateways.end(),
                           [&](const Gateway& gateway) { return gateway.address == address; });
    };
    for (const AdapterFacts& adapter : *facts.adapters)
        for (const std::string& address :
             is_real(adapter) && adapter.up ? gateways_of(adapter) : std::vector<std::string>{})
            if (facts.gateways.size() < most_gateways && !known(address)) {
                facts.gateways.push_back({address, adapter.name, host.echo(address), {}});
                ask_full_size(host, adapter, facts.gateways.back());
            }
    for (Gateway& gateway : facts.gateways) {
        if (facts.before && facts.before->gateways.count(gateway.address) != 0)
            gateway.memory = facts.before->gateways.at(gateway.address);
        auto& looks = gateway.memory.looks;
        const auto is_old = [&](const EchoLook& look) {
            return look.at > context.now || context.now - look.at > context.limits.evidence_window;
        };
        looks.erase(std::remove_if(looks.begin(), looks.end(), is_old), looks.end());
        if (!gateway.now)
            continue;
        looks.push_back({context.now, gateway.now->sent, gateway.now->answered});
        if (looks.size() > most_looks)
            looks.erase(looks.begin());
        if (gateway.now->answered > 0)
            gateway.memory.last_answer = context.now;
    }
}

// Asking for the range starts a program, so it waits until even the smallest range that Windows allows would be short.
void ask_ports(const Host& host, const JudgeContext& context, Facts& facts) {
    facts.connections = host.tcp_connections();
    if (!facts.connections)
        return;
    const PortUse any = port_use(*facts.connections, {1025, 65535});
    if (any.used * 100U < smallest_dynamic_range * context.limits.dynamic_ports_warn_percent)
        return;
    facts.dynamic_ports = host.dynamic_ports();
    if (!*facts.dynamic_ports)
        return;
    if (const PortUse use = port_use(*facts.connections, **facts.dynamic_ports); use.top_process != 0)
        facts.top_process = host.process(use.top_process);
}

bool is_from_elsewhere(const TcpConnection& connection) {
    const auto remote = parse_ip_address(connection.remote_address);
    return connection.state == TcpState::established && remote && !remote->is_loopback() &&
           connection.remote_address != connection.local_address;
}

void ask_client_paths(const Host& host, Facts& facts) {
    if (!facts.connections || std::none_of(facts.connections->begin(), facts.connections->end(), is_from_elsewhere))
        return;
    if (auto port = listener::read_port_number(host); !is_absent(port))
        facts.rdp_port = std::move(port);
    for (const TcpConnection& connection : *facts.connections) {
        const auto is_same = [&](const ClientPath& path) { return path.address == connection.remote_address; };
        if (!facts.rdp_port || connection.local_port != *facts.rdp_port || !is_from_elsewhere(connection) ||
            std::any_of(facts.client_paths.begin(), facts.client_paths.end(), is_same))
            continue;
        facts.client_paths.push_back({connection.remote_address, host.path_mtu(connection.remote_address)});
        if (facts.client_paths.size() == most_client_paths)
            return;
    }
}

void ask_networks(const Host& host, Facts& facts) {
    facts.domain = host.domain_membership();
    if (facts.domain && !facts.domain->joined)
        return;
    facts.networks = host.network_profiles();
    if (facts.domain && facts.networks && has_category(*facts.networks, NetworkCategory::public_) &&
        !has_category(*facts.networks, NetworkCategory::domain))
        facts.firewall = host.active_firewall_profiles();
}

void ask_power(const Host& host, Facts& facts) {
    facts.power = host.power();
    if (!facts.power || !facts.adapters || !(facts.power->standby || facts.power->modern_standby))
        return;
    std::vector<AdapterFacts> in_use;
    std::copy_if(facts.adapters->begin(), facts.adapters->end(), std::back_inserter(in_use),
                 [](const AdapterFacts& adapter) { return is_real(adapter) && adapter.up && adapter.hardware; });
    facts.power_saving = power_saving_of(host, in_use);
}

} // namespace

std::vector<PowerSaving> power_saving_of(const Host& host, const std::vector<AdapterFacts>& adapters) {
    std::map<std::string, std::string> wanted; // id to name
    for (const AdapterFacts& adapter : adapters)
        wanted[upper(adapter.id)] = adapter.name;
    std::vector<PowerSaving> result;
    const auto subkeys = host.registry_subkeys(adapter_class);
    for (const std::string& subkey : subkeys ? *subkeys : std::vector<std::string>{}) {
        const bool is_device = subkey.size() == 4 && subkey.find_first_not_of("0123456789") == subkey.npos;
        if (!is_device || wanted.empty())
            continue;
        const RegistryPath key{adapter_class.key + "\\" + subkey};
        const auto id = read_text(host, key, "NetCfgInstanceId");
        const auto found = id ? wanted.find(upper(*id)) : wanted.end();
        if (found == wanted.end())
            continue;
        result.push_back({found->second, key, read_dword(host, key, "PnPCapabilities")});
        wanted.erase(found);
    }
    return result;
}

std::vector<AdapterFacts> without_lease(const std::vector<AdapterFacts>& adapters) {
    std::vector<AdapterFacts> result;
    std::copy_if(adapters.begin(), adapters.end(), std::back_inserter(result), [](const AdapterFacts& adapter) {
        return is_real(adapter) && adapter.up && adapter.dhcp && !has_address(adapter);
    });
    return result;
}

bool is_real(const AdapterFacts& adapter) { return adapter.type != type_loopback && adapter.type != type_tunnel; }

bool has_address(const AdapterFacts& adapter) {
    return std::any_of(adapter.addresses.begin(), adapter.addresses.end(), [](const std::string& text) {
        const auto address = parse_ip_address(text);
        return address && !address->is_unspecified() && !address->is_loopback() && !address->is_link_local();
    });
}

bool has_category(const std::vector<NetworkProfile>& networks, NetworkCategory category) {
    return std::any_of(networks.begin(), networks.end(),
                       [&](const NetworkProfile& network) { return network.category == category; });
}

Result<Facts> collect(const Host& host, const JudgeContext& context) {
    Facts facts;
    if (context.notes)
        if (const auto text = context.notes->recall(note))
            facts.before = memory_from_text(*text);
    facts.adapters = host.adapters();
    facts.tcp = host.tcp_statistics();
    ask_gateways(host, context, facts);
    ask_ports(host, context, facts);
    ask_client_paths(host, facts);
    ask_networks(host, facts);
    ask_power(host, facts);
    facts.settings = collect_settings(host, facts.adapters);
    if (context.notes)
        context.notes->remember(note, to_text(present(facts, context.now)));
    return facts;
}

Probe probe(const ProbeOptions&) {
    return slow(make_remembering_probe("network", "Do packets of RDP get through this host's own network?",
                                       std::chrono::minutes{5}, std::chrono::seconds{40}, collect, judge));
}

} // namespace rdpmedic::network
