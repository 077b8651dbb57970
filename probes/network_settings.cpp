// Which services, providers, routes and addresses are set so that the network fails?
#include "probes/formats/ip_address.hpp"
#include "probes/network.hpp"
#include "probes/registry.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::network {
namespace {

constexpr std::uint32_t start_disabled = 4; // SERVICE_DISABLED
constexpr std::size_t most_providers = 16;

const RegistryPath provider_order_key{R"(SYSTEM\CurrentControlSet\Control\NetworkProvider\Order)"};
const RegistryPath routes_key{R"(SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\PersistentRoutes)"};

RegistryPath service_key(std::string_view name) {
    return {R"(SYSTEM\CurrentControlSet\Services\)" + std::string(name)};
}

// For whom does a service matter?
enum class Need { everybody, dhcp, domain };

struct NetworkService {
    std::string_view name;
    Need need;
    const char* meaning;
};

// Start of those whose absence breaks the network: https://github.com/Azure/repair-script-library, and
// https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/azure-vm-nsi-not-starting
// https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/troubleshoot-rdp-dhcp-disabled
// MEM: what DNS Client and Network Location Awareness do for a member of a domain.
constexpr std::array network_services{
    NetworkService{"Tcpip", Need::everybody, "without this driver there is no TCP/IP"},
    NetworkService{"AFD", Need::everybody, "without this driver no program has a socket"},
    NetworkService{"nsiproxy", Need::everybody, "without this driver the service nsi does not start"},
    NetworkService{"nsi", Need::everybody, "without it DHCP Client and other services of the network do not start"},
    NetworkService{"Dhcp", Need::dhcp, "adapters that take their address from DHCP get none, and keep none"},
    NetworkService{"Dnscache", Need::domain, "nothing registers the name of this host, and names are not cached"},
    NetworkService{"NlaSvc", Need::domain,
                   "Windows may take a network for a public one, whose firewall rules may let no RDP in"},
};

// "a, b,,c" without blanks and empty parts.
std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        part.remove_prefix(std::min(part.size(), part.find_first_not_of(" \t")));
        part = part.substr(0, part.find_last_not_of(" \t") + 1);
        if (!part.empty())
            parts.emplace_back(part);
    }
    return parts;
}

// Those of Windows need no look: where a file of Windows is gone, more than the network is damaged.
bool is_windows_own(const std::string& provider) {
    constexpr std::array own{"lanmanworkstation", "rdpnp", "webclient", "p9np"};
    return std::find(own.begin(), own.end(), lower(provider)) != own.end();
}

// MEM: a name without a folder is looked for in System32, as LoadLibrary does.
std::string with_folder(const std::string& path) {
    return path.find_first_of("\\/:") == path.npos ? R"(%SystemRoot%\System32\)" + path : path;
}

void ask_providers(const Host& host, Settings& settings) {
    settings.provider_order = read_text(host, provider_order_key, "ProviderOrder");
    if (!settings.provider_order)
        return;
    for (const std::string& name : split(*settings.provider_order)) {
        if (is_windows_own(name) || settings.providers.size() == most_providers)
            continue;
        const auto path = read_text(host, {service_key(name).key + R"(\NetworkProvider)"}, "ProviderPath");
        if (is_unreadable(path))
            settings.providers.push_back({name, {}, path.error()});
        else if (path && !path->empty()) // where there is none, nothing is loaded
            settings.providers.push_back({name, *path, host.file(with_folder(*path))});
    }
}

bool carries(const AdapterFacts& adapter) { return is_real(adapter) && adapter.up; }

// One of IPv4, with a way out: an adapter for a private link has its address by hand everywhere, and several addresses
// are set by hand on Azure too, since DHCP gives the first alone:
// https://learn.microsoft.com/azure/virtual-network/ip-services/virtual-network-multiple-ip-addresses-powershell
bool is_set_by_hand(const AdapterFacts& adapter) {
    const auto is_v4 = [](const std::string& text) {
        const auto address = parse_ip_address(text);
        return address && address->is_v4();
    };
    return carries(adapter) && has_address(adapter) && !adapter.dhcp && !adapter.gateways.empty() &&
           std::count_if(adapter.addresses.begin(), adapter.addresses.end(), is_v4) == 1;
}

bool uses_dhcp(const AdapterFacts& adapter) { return carries(adapter) && adapter.dhcp; }

bool any_of(const Result<std::vector<AdapterFacts>>& adapters, bool (*is)(const AdapterFacts&)) {
    return adapters && std::any_of(adapters->begin(), adapters->end(), is);
}

bool is_reachable(const AdapterFacts& adapter) { return carries(adapter) && has_address(adapter); }

class SettingsJudge {
  public:
    explicit SettingsJudge(const Facts& facts) : facts_(facts), settings_(facts.settings) {}

    std::vector<Finding> run() {
        for (const ServiceStart& service : settings_.services)
            judge_service(service);
        if (is_unreadable(settings_.provider_order))
            add_unknown("the order of network providers", settings_.provider_order.error());
        for (const NetworkProvider& provider : settings_.providers)
            judge_provider(provider);
        judge_routes();
        judge_addresses();
        return std::move(findings_);
    }

  private:
    Finding& add(std::string code, Severity severity, std::string text, std::string subject) {
        findings_.push_back({std::move(code), severity, std::move(text), std::move(subject)});
        return findings_.back();
    }
    void add_unknown(std::string subject, const Error& error) {
        findings_.push_back(unknown("network", std::move(subject), error));
    }

    // A driver or service that runs goes on until Windows starts anew; one that is off already shows in the addresses.
    Severity severity_of(Need need) const {
        const bool is_member = !facts_.domain || facts_.domain->joined;
        if (need == Need::domain)
            return is_member ? Severity::warning : Severity::info;
        return any_of(facts_.adapters, is_reachable) ? Severity::warning : Severity::critical;
    }

    void judge_service(const ServiceStart& service) {
        const std::string name(service.service);
        if (is_unreadable(service.start))
            return add_unknown("whether " + name + " is disabled", service.start.error());
        const auto known = std::find_if(network_services.begin(), network_services.end(),
                                        [&](const NetworkService& one) { return one.name == service.service; });
        if (!service.start || *service.start != start_disabled || known == network_services.end())
            return;
        const bool works_still = known->need != Need::domain && any_of(facts_.adapters, is_reachable);
        add("network.service_disabled", severity_of(known->need),
            name + " is disabled: " + known->meaning +
                (works_still ? ". The network of this host works still, until Windows starts anew or a lease ends"
                             : ""),
            name)
            .evidence = {label(service_key(name), "Start") + " = 4"};
    }

    // MPR loads what the order names, and a logon waits for it.
    // https://learn.microsoft.com/windows/win32/secauthn/authentication-registry-keys
    // https://github.com/Azure/repair-script-library (that the logon hangs at "Please wait for the Network
    // Connections")
    void judge_provider(const NetworkProvider& provider) {
        if (is_unreadable(provider.file))
            return add_unknown("the network provider " + provider.name, provider.file.error());
        if (!is_absent(provider.file))
            return;
        add("network.provider_missing", Severity::warning,
            "the network provider " + provider.name +
                " names a file that does not exist: a logon can hang at 'Please wait for the Network Connections'. "
                "Install the product anew, or take the name out of ProviderOrder",
            provider.name)
            .evidence = {label({service_key(provider.name).key + R"(\NetworkProvider)"}, "ProviderPath") + " = " +
                             provider.path,
                         label(provider_order_key, "ProviderOrder") + " = " + *settings_.provider_order};
    }

    // The name of a value is "destination,mask,gateway,metric": https://technet.microsoft.com/library/cc978475.aspx
    // DERIVED: Windows lists the gateway of each default route that it uses with the adapter, so one that is missing is
    // not used.
    void judge_routes() {
        if (is_unreadable(settings_.routes))
            return add_unknown("the persistent routes", settings_.routes.error());
        if (!settings_.routes || !facts_.adapters)
            return;
        const std::vector<std::string> used = gateways_in_use();
        for (const auto& [route, ignored] : *settings_.routes) {
            const std::vector<std::string> parts = split(route);
            if (parts.size() < 3 || parts[0] != "0.0.0.0" || parts[1] != "0.0.0.0" || used.empty() ||
                std::find(used.begin(), used.end(), parts[2]) != used.end())
                continue;
            Finding& finding =
                add("network.stale_route", Severity::info,
                    "a default route by " + parts[2] +
                        " is kept although this host uses another gateway: it was left behind by an earlier address, "
                        "and counts again once an adapter gets an address beside that gateway",
                    parts[2]);
            finding.evidence = {label(routes_key, route)};
            for (const std::string& gateway : used)
                finding.evidence.push_back("gateway in use: " + gateway);
        }
    }

    std::vector<std::string> gateways_in_use() const { // of IPv4, as these routes are
        std::vector<std::string> used;
        for (const AdapterFacts& adapter : *facts_.adapters)
            for (const std::string& text : carries(adapter) ? adapter.gateways : std::vector<std::string>{})
                if (const auto address = parse_ip_address(text);
                    address && address->is_v4() && !address->is_unspecified())
                    used.push_back(text);
        return used;
    }

    // Azure carries packets for the address that it has given by DHCP, and for no other.
    // https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/troubleshoot-rdp-static-ip
    // The service is there with the agent of Azure:
    // https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/install-vm-agent-offline
    void judge_addresses() {
        if (!settings_.azure_agent || !facts_.adapters)
            return;
        const Result<std::uint32_t>& agent = *settings_.azure_agent;
        if (is_unreadable(agent))
            return add_unknown("whether this machine is in Azure", agent.error());
        if (!agent || *agent == start_disabled)
            return;
        for (const AdapterFacts& adapter : *facts_.adapters) {
            if (!is_set_by_hand(adapter))
                continue;
            std::string addresses;
            for (const std::string& address : adapter.addresses)
                addresses += (addresses.empty() ? "" : ", ") + address;
            add("network.static_address", Severity::info,
                "the adapter " + adapter.name +
                    " has an address that was set by hand, on a machine of Azure: where it is not the address in the "
                    "portal, nobody reaches this host",
                adapter.name)
                .evidence = {adapter.name + " does not use DHCP: " + addresses,
                             evidence_of(service_key("WindowsAzureGuestAgent"), "Start", *agent)};
        }
    }

    const Facts& facts_;
    const Settings& settings_;
    std::vector<Finding> findings_;
};

} // namespace

Settings collect_settings(const Host& host, const Result<std::vector<AdapterFacts>>& adapters) {
    Settings settings;
    for (const NetworkService& service : network_services)
        if (service.need != Need::dhcp || any_of(adapters, uses_dhcp))
            settings.services.push_back({service.name, read_dword(host, service_key(service.name), "Start")});
    ask_providers(host, settings);
    settings.routes = host.registry_values(routes_key);
    if (any_of(adapters, is_set_by_hand))
        settings.azure_agent = read_dword(host, service_key("WindowsAzureGuestAgent"), "Start");
    return settings;
}

std::vector<Finding> judge_settings(const Facts& facts) { return SettingsJudge(facts).run(); }

} // namespace rdpmedic::network
