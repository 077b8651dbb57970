// Which settings and which sockets does the RDP listener have?
#include "probes/listener.hpp"
#include "probes/listener_edition.hpp"

#include "probes/formats/value_name.hpp"

#include <algorithm>

namespace rdpmedic::listener {
namespace {

const RegistryPath lsa{R"(SYSTEM\CurrentControlSet\Control\Lsa)"};
// MEM: both values are 1 while Windows is being set up.
const RegistryPath setup{R"(SYSTEM\Setup)"};

struct Wanted {
    const RegistryPath& key;
    const char* name;
    bool policy; // Group Policy has a value of this name
};

// https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/troubleshoot-rdp-general-error
const Wanted wanted[] = {
    {keys::terminal_server, "TSEnabled", false},
    {keys::terminal_server, "TSUserEnabled", false},
    {keys::terminal_server, "TSServerDrainMode", false},
    {keys::rdp_tcp, "fEnableWinStation", false},
    {keys::rdp_tcp, "fLogonDisabled", false},
    {keys::rdp_tcp, "fAllowSecProtocolNegotiation", false},
    {keys::rdp_tcp, "fReverseConnectMode", false},
    {keys::rdp_tcp, "PortNumber", false},
    {keys::rdp_tcp, "LanAdapter", false},
    {keys::rdp_tcp, "SecurityLayer", true},
    {keys::rdp_tcp, "UserAuthentication", true},
    {keys::rdp_tcp, "MinEncryptionLevel", true},
    {keys::rdp_tcp, "MaxInstanceCount", true},
    {lsa, "disabledomaincreds", false},
    {setup, "SystemSetupInProgress", false},
    {setup, "OOBEInProgress", false},
};

// These come from the lists of their keys, which are read for odd names anyway.
struct Listed {
    const RegistryPath& key;
    const char* name;
};
const Listed listed[] = {
    {keys::terminal_services_policy, "fDisableAutoReconnect"},
    {keys::terminal_services_policy, "KeepAliveEnable"},
    {keys::terminal_services_policy, "KeepAliveInterval"},
    {keys::rdp_tcp, "KeepAliveTimeout"},
    {keys::rdp_tcp, "fReconnectSame"},
    {keys::rdp_tcp, "fInheritReconnectSame"},
};

Result<Setting> local_dword(const Host& host, const RegistryPath& key, const char* name) {
    const auto value = read_dword(host, key, name);
    if (!value)
        return value.error();
    return Setting{*value, false, key, name};
}

// Scripts of Azure keep the drain mode in RDP-Tcp, the documentation in Terminal Server: either drains.
Result<Setting> drain_mode(const Host& host) {
    Result<Setting> by_server = local_dword(host, keys::terminal_server, "TSServerDrainMode");
    if (is_unreadable(by_server) || (by_server && by_server->value != 0))
        return by_server;
    Result<Setting> by_listener = local_dword(host, keys::rdp_tcp, "TSServerDrainMode");
    return is_absent(by_listener) ? by_server : by_listener;
}

Result<Setting> read_number(const Host& host, const Wanted& row) {
    if (std::string_view(row.name) == "TSServerDrainMode")
        return drain_mode(host);
    if (row.policy)
        return effective_dword(host, keys::terminal_services_policy, row.key, row.name);
    return local_dword(host, row.key, row.name);
}

// Values that untouched hosts from Windows 7 to Windows 10 all have in RDP-Tcp and that no setting removes.
// DERIVED: that a listener without them is damaged.
constexpr const char* own_values[] = {"LoadableProtocol_Object", "PdDLL", "PdName", "WdName"};

void read_names(const Host& host, Facts& facts) {
    for (const RegistryPath& key :
         {keys::rdp_tcp, keys::win_stations, keys::terminal_server, keys::terminal_services_policy}) {
        const auto values = host.registry_values(key);
        if (key == keys::rdp_tcp)
            facts.key = values ? Result<void>{} : Result<void>{values.error()};
        if (key == keys::terminal_services_policy)
            facts.policy_key = values ? Result<void>{} : Result<void>{values.error()};
        if (values || is_absent(values)) // one that cannot be listed is told once
            for (const Listed& row : listed)
                if (row.key == key)
                    facts.numbers.push_back({row.name, row.key, listed_dword(values, key, row.name)});
        if (!values)
            continue;
        for (const auto& [name, value] : *values)
            if (is_misspelt(name) && !is_about_certificate(name))
                facts.odd_names.push_back(label(key, name));
    }
}

void read_lost_values(const Host& host, Facts& facts) {
    if (!facts.key)
        return;
    for (const char* name : own_values)
        if (is_absent(host.registry_value(keys::rdp_tcp, name)))
            facts.lost_values.emplace_back(name);
}

template <class Row>
Result<std::vector<Row>> of_port(const Result<std::vector<Row>>& rows, std::uint16_t port) {
    if (!rows)
        return rows.error();
    std::vector<Row> found;
    std::copy_if(rows->begin(), rows->end(), std::back_inserter(found),
                 [port](const Row& row) { return row.port == port; });
    return found;
}

void read_drains(const Host& host, Facts& facts) {
    for (const RegistryPath& key : {keys::terminal_server, keys::rdp_tcp})
        if (const auto value = local_dword(host, key, "TSServerDrainMode"); value && value->value != 0)
            facts.drains.push_back(*value);
}

void read_owner(const Host& host, std::uint32_t process_id, Facts& facts) {
    const auto known = [process_id](const Owner& owner) { return owner.process_id == process_id; };
    const bool own = facts.term_service && facts.term_service->process_id == process_id;
    if (process_id == 0 || own || std::any_of(facts.owners.begin(), facts.owners.end(), known))
        return;
    Owner owner;
    owner.process_id = process_id;
    if (const auto process = host.process(process_id))
        owner.image = process->image;
    if (const auto services = host.services())
        for (const ServiceSummary& service : *services)
            if (service.process_id == process_id)
                owner.services.push_back(service.name);
    facts.owners.push_back(std::move(owner));
}

void read_port(const Host& host, std::uint16_t port, Facts& facts) {
    const auto listeners = host.tcp_listeners();
    facts.tcp = of_port(listeners, port);
    facts.udp = of_port(host.udp_endpoints(), port);
    // A service that was restarted since it was asked is not a thief.
    if (facts.tcp && !holders_of(*facts.tcp, facts.term_service).foreign.empty())
        facts.term_service = host.service("TermService");
    if (facts.tcp)
        for (const TcpListener& row : *facts.tcp)
            read_owner(host, row.process_id, facts);
    if (facts.udp)
        for (const UdpEndpoint& row : *facts.udp)
            read_owner(host, row.process_id, facts);
    if (!facts.owners.empty())
        facts.system_root = read_text(host, keys::windows_version, "SystemRoot");
    if (!facts.should_listen() || (facts.tcp && !facts.tcp->empty()))
        return;
    if (listeners)
        facts.elsewhere = still_elsewhere(*listeners, facts.term_service, port);
    if (!facts.elsewhere.empty())
        return;
    facts.edition = read_edition(host);
    facts.sessions = host.sessions();
    if (facts.tcp)
        facts.excluded = host.excluded_ports();
}

// DERIVED: which port counts cannot be told from a value of the wrong type; the table shows it.
void read_elsewhere(const Host& host, Facts& facts) {
    facts.tcp = host.tcp_listeners();
    if (!facts.tcp || !facts.term_service)
        return;
    facts.elsewhere = still_elsewhere(*facts.tcp, facts.term_service, 0);
    std::erase_if(*facts.tcp, [&facts](const TcpListener& row) {
        return row.process_id != facts.term_service->process_id || row.port >= first_dynamic_port;
    });
}

} // namespace

Result<std::uint32_t> read_port_number(const Host& host) {
    const Result<std::uint32_t> number = read_dword(host, keys::rdp_tcp, "PortNumber");
    if (number || number.error().code != Errc::malformed)
        return number;
    const auto listeners = host.tcp_listeners();
    if (!listeners)
        return number;
    const auto rows = still_elsewhere(*listeners, host.service("TermService"), 0);
    if (rows.empty() || std::any_of(rows.begin(), rows.end(),
                                    [&rows](const TcpListener& row) { return row.port != rows.front().port; }))
        return number;
    return rows.front().port;
}

const Number& Facts::number(std::string_view name) const {
    static const Number none;
    const auto found =
        std::find_if(numbers.begin(), numbers.end(), [name](const Number& number) { return number.name == name; });
    return found == numbers.end() ? none : *found;
}

std::optional<std::uint32_t> Facts::value(std::string_view name) const {
    const Result<Setting>& setting = number(name).value;
    return setting ? std::optional(setting->value) : std::nullopt;
}

bool Facts::rdp_on() const {
    if (deny_by_policy || is_unreadable(deny_by_policy))
        return deny_by_policy && *deny_by_policy == 0;
    return deny_by_host && *deny_by_host == 0;
}

bool Facts::rdp_off() const {
    if (deny_by_policy || is_unreadable(deny_by_policy))
        return deny_by_policy && *deny_by_policy == 1;
    return is_absent(deny_by_host) || (deny_by_host && *deny_by_host == 1);
}

std::optional<std::uint16_t> Facts::port() const {
    const Result<Setting>& setting = number("PortNumber").value;
    if (is_absent(setting))
        return std::uint16_t{3389};
    if (!setting || setting->value == 0 || setting->value > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(setting->value);
}

bool Facts::should_listen() const {
    const bool setting_up = value("SystemSetupInProgress") == 1u || value("OOBEInProgress") == 1u;
    // Where the switch means nothing, a listener that listens shows that it is on.
    const bool listens = !rdp_off() && tcp && !holders_of(*tcp, term_service).own.empty();
    return (rdp_on() || listens) && !setting_up && key && port() && value("fEnableWinStation") != 0u &&
           value("TSEnabled") != 0u && term_service && term_service->state == ServiceState::running;
}

Result<Facts> collect(const Host& host) {
    Facts facts;
    for (const Wanted& row : wanted)
        facts.numbers.push_back({row.name, row.key, read_number(host, row)});
    read_drains(host, facts);
    read_names(host, facts);
    read_lost_values(host, facts);
    facts.deny_by_policy = read_dword(host, keys::terminal_services_policy, "fDenyTSConnections");
    facts.deny_by_host = read_dword(host, keys::terminal_server, "fDenyTSConnections");
    facts.build = windows_build(host);
    facts.protocol_object = read_text(host, keys::rdp_tcp, "LoadableProtocol_Object");
    facts.citrix_backup = read_text(host, keys::rdp_tcp, "CitrixBackupRdpTcpLoadableProtocolObject");
    facts.term_service = host.service("TermService");
    const Result<Setting>& number = facts.number("PortNumber").value;
    if (const auto port = facts.port(); port && !facts.rdp_off())
        read_port(host, *port, facts);
    else if (!number && number.error().code == Errc::malformed && !facts.rdp_off())
        read_elsewhere(host, facts);
    return facts;
}

Probe probe(const ProbeOptions&) {
    return make_probe("listener", "Does the RDP listener accept connections as configured?", std::chrono::seconds{60},
                      std::chrono::seconds{20}, &collect, &judge);
}

} // namespace rdpmedic::listener
