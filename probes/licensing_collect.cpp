// Which license servers has this machine, and what do they say?
#include "probes/licensing.hpp"

#include <algorithm>

namespace rdpmedic::licensing {
namespace {

const RegistryPath product_options{R"(SYSTEM\CurrentControlSet\Control\ProductOptions)"};
// DERIVED: the mode of a host without policy is here, from one public source.
const RegistryPath licensing_core{R"(SYSTEM\CurrentControlSet\Control\Terminal Server\RCM\Licensing Core)"};
constexpr std::size_t most_servers = 3; // each that is away blocks for tens of seconds

// "ls01, ls02" of the policy "Use the specified Remote Desktop license servers".
// https://learn.microsoft.com/windows/client-management/mdm/policy-csp-admx-terminalserver
std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> names(1);
    for (const char c : text) {
        if (c == ',' || c == ';')
            names.emplace_back();
        else if (c != ' ')
            names.back() += c;
    }
    names.erase(std::remove(names.begin(), names.end(), std::string()), names.end());
    return names;
}

// As WMI lists them; where that is nobody, as Group Policy does.
Result<std::vector<std::string>> server_names(const Host& host, const LicensingFacts& setting) {
    if (!setting.servers || !setting.servers->empty())
        return setting.servers;
    const auto by_policy = read_text(host, keys::terminal_services_policy, "LicenseServers");
    if (is_unreadable(by_policy))
        return by_policy.error();
    return by_policy ? split(*by_policy) : std::vector<std::string>{};
}

} // namespace

Role role_of(const Facts& facts) {
    if (facts.product_type && *facts.product_type == "WinNT")
        return Role::absent;
    // Windows Enterprise multi-session is licensed by its subscription, not by a license server:
    // https://learn.microsoft.com/azure/virtual-desktop/licensing
    if (facts.edition && *facts.edition == "ServerRdsh")
        return Role::absent;
    // MEM: 1 where the role is installed, 0 where Remote Desktop serves administration. Where it is absent WMI decides.
    if (facts.app_compat && *facts.app_compat <= 1)
        return *facts.app_compat == 1 ? Role::present : Role::absent;
    return Role::perhaps;
}

Result<Facts> collect(const Host& host) {
    Facts facts;
    facts.product_type = read_text(host, product_options, "ProductType");
    if (role_of(facts) == Role::absent)
        return facts;
    facts.app_compat = read_dword(host, keys::terminal_server, "TSAppCompat");
    if (role_of(facts) == Role::absent)
        return facts;
    facts.edition = read_text(host, keys::windows_version, "EditionID");
    if (role_of(facts) == Role::absent)
        return facts;
    facts.setting = host.licensing();
    if (!*facts.setting)
        return facts;
    facts.mode = effective_dword(host, keys::terminal_services_policy, licensing_core, "LicensingMode");
    (*facts.setting)->servers = server_names(host, **facts.setting);
    if (!(*facts.setting)->servers)
        return facts;
    for (const std::string& name : *(*facts.setting)->servers) {
        Server server{name};
        if (facts.servers.size() < most_servers)
            server.status = host.license_server_status(server.name);
        facts.servers.push_back(std::move(server));
    }
    return facts;
}

Probe probe(const ProbeOptions&) {
    return slow(make_probe("licensing", "Can the RD Session Host get licenses?", std::chrono::seconds{900},
                           std::chrono::seconds{180}, &collect, &judge));
}

} // namespace rdpmedic::licensing
