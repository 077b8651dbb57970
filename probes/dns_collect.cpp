// What do the name service and this host say about its name?
#include "probes/dns.hpp"
#include "probes/formats/dns_name.hpp"
#include "probes/formats/hosts_file.hpp"

#include <algorithm>
#include <chrono>
#include <set>

namespace rdpmedic::dns {
namespace {

constexpr std::size_t most_reverse = 2, most_controllers = 2;
constexpr const char* hosts_path = R"(%SystemRoot%\System32\drivers\etc\hosts)";

// The policy "Dynamic update": https://learn.microsoft.com/windows/client-management/mdm/policy-csp-admx-dnsclient
const RegistryPath dns_client_policy{R"(SOFTWARE\Policies\Microsoft\Windows NT\DNSClient)"};

// Each question can block for 15 s, and servers that left two without an answer will leave the others so too.
class Asker {
  public:
    explicit Asker(const Host& host) : host_(host) {}

    Answers operator()(const DnsQuestion& question) {
        if (timeouts_ >= 2 || std::chrono::steady_clock::now() - begin_ > std::chrono::seconds{30})
            return Error{Errc::timed_out, 0,
                         question.name + ", which was not asked after other questions took so long"};
        Answers answers = host_.dns(question);
        if (!answers && answers.error().code == Errc::timed_out)
            ++timeouts_;
        return answers;
    }

  private:
    const Host& host_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    int timeouts_ = 0;
};

constexpr std::uint32_t loopback = 24, tunnel = 131;

// Its servers and suffix are the network's, which a tunnel's need not be.
bool carries(const AdapterFacts& adapter) { return adapter.up && adapter.type != loopback && adapter.type != tunnel; }

// "\\\\DC01.example.local" of Netlogon; a NetBIOS name has no domain in it.
std::string controller_of(const Result<SecureChannel>& channel) {
    if (!channel)
        return {};
    std::string_view name = channel->domain_controller;
    name.remove_prefix(std::min(name.size(), name.find_first_not_of('\\')));
    return name.find('.') == name.npos ? std::string() : plain_name(name);
}

void find_domain(const Host& host, Facts& facts) {
    facts.domain = host.domain_membership();
    if (!facts.domain || !facts.domain->joined)
        return;
    facts.controller = controller_of(host.secure_channel(facts.domain->name));
    if (!facts.controller.empty()) {
        facts.domain_name = facts.controller.substr(facts.controller.find('.') + 1);
        facts.domain_source = DomainSource::controller;
    } else if (facts.names && !facts.names->domain.empty()) {
        facts.domain_name = plain_name(facts.names->domain);
        facts.domain_source = DomainSource::suffix;
    }
}

std::string own_name(const Facts& facts) {
    if (!facts.names || facts.names->host.empty())
        return {};
    const auto below = [&](const std::string& domain) { return plain_name(facts.names->host + "." + domain); };
    if (!facts.names->domain.empty())
        return below(facts.names->domain);
    if (!facts.domain_name.empty())
        return below(facts.domain_name);
    if (facts.adapters)
        for (const AdapterFacts& adapter : *facts.adapters)
            if (carries(adapter) && !adapter.dns_suffix.empty())
                return below(adapter.dns_suffix);
    return {};
}

// The addresses that clients of the network use: of adapters with a gateway, IPv4.
std::vector<std::string> addresses_to_reverse(const std::vector<AdapterFacts>& adapters) {
    std::vector<std::string> result;
    for (const AdapterFacts& adapter : adapters)
        for (const std::string& text : adapter.addresses)
            if (const auto address = parse_ip_address(text); carries(adapter) && !adapter.gateways.empty() && address &&
                                                             address->is_v4() && result.size() < most_reverse)
                result.push_back(text);
    return result;
}

// Names of the domain that the hosts file has too: what it says can then be compared with the servers.
std::set<std::string> controllers_in_hosts_file(const Facts& facts) {
    std::set<std::string> names{facts.controller, facts.domain_name}, both;
    if (facts.locator && *facts.locator)
        for (const std::string& answer : **facts.locator)
            names.insert(plain_name(answer.substr(0, answer.rfind(':'))));
    if (facts.hosts_file)
        for (const HostsEntry& entry : parse_hosts_file(*facts.hosts_file))
            if (names.count(entry.name) != 0 && entry.name != facts.own_name && both.size() < most_controllers)
                both.insert(entry.name);
    both.erase("");
    return both;
}

void ask_registration(const Host& host, Facts& facts) {
    const auto enabled = read_dword(host, dns_client_policy, "RegistrationEnabled");
    if (enabled)
        facts.registration_policy = Setting{*enabled, true, dns_client_policy, "RegistrationEnabled"};
    else
        facts.registration_policy = enabled.error();
}

void ask_servers(Asker& ask, Facts& facts) {
    if (!facts.domain_name.empty())
        facts.locator = ask({"_ldap._tcp.dc._msdcs." + facts.domain_name, DnsType::srv, true});
    if (!facts.own_name.empty()) {
        facts.a = ask({facts.own_name, DnsType::a, true});
        facts.aaaa = ask({facts.own_name, DnsType::aaaa, true});
        const bool member = facts.domain && facts.domain->joined;
        for (const std::string& address : member ? addresses_to_reverse(*facts.adapters) : std::vector<std::string>{})
            facts.reverse.emplace(address, ask({address, DnsType::ptr, true}));
    }
    for (const std::string& name : controllers_in_hosts_file(facts))
        facts.controllers.emplace(name, ask({name, DnsType::a, true}));
}

// What the servers are set to is evidence of a finding that doubts them, and is not asked without one.
// NameServer beats DhcpNameServer, and equal to it is no setting of one's own:
// https://github.com/Azure/repair-script-library
void ask_set_servers(const Host& host, Facts& facts) {
    const std::vector<std::string_view> doubting{"dns.no_servers", "dns.server_silent", "dns.domain_not_found",
                                                 "dns.own_name_not_found"};
    const std::vector<Finding> findings = judge(facts, {});
    if (!facts.adapters || std::none_of(findings.begin(), findings.end(), [&](const Finding& finding) {
            return std::find(doubting.begin(), doubting.end(), finding.code) != doubting.end();
        }))
        return;
    for (const AdapterFacts& adapter : *facts.adapters) {
        if (!carries(adapter))
            continue;
        const RegistryPath key{R"(SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces\)" + adapter.id};
        SetServers set{adapter.name, adapter.dhcp, read_text(host, key, "NameServer")};
        if (adapter.dhcp)
            set.by_dhcp = read_text(host, key, "DhcpNameServer");
        facts.set_servers.push_back(std::move(set));
    }
}

} // namespace

std::vector<std::string> own_addresses(const std::vector<AdapterFacts>& adapters) {
    std::vector<std::string> result;
    for (const AdapterFacts& adapter : adapters)
        if (adapter.up && adapter.type != loopback)
            result.insert(result.end(), adapter.addresses.begin(), adapter.addresses.end());
    return result;
}

std::vector<std::string> configured_servers(const std::vector<AdapterFacts>& adapters) {
    const std::vector<std::uint8_t> placeholder{0xFE, 0xC0, 0, 0, 0, 0, 0xFF, 0xFF};
    std::vector<std::string> result;
    for (const AdapterFacts& adapter : adapters)
        for (const std::string& text : carries(adapter) ? adapter.dns_servers : std::vector<std::string>{}) {
            const auto address = parse_ip_address(text);
            if (address && !(address->bytes.size() == 16 &&
                             std::equal(placeholder.begin(), placeholder.end(), address->bytes.begin())))
                result.push_back(text);
        }
    return result;
}

Registration registration(const Facts& facts) {
    if (facts.registration_policy && facts.registration_policy->value == 0)
        return Registration::off_by_policy;
    if (!facts.adapters)
        return Registration::unknown;
    const bool any = std::any_of(facts.adapters->begin(), facts.adapters->end(),
                                 [](const AdapterFacts& one) { return one.up && one.registers_in_dns; });
    if (!any)
        return Registration::off;
    return is_unreadable(facts.registration_policy) ? Registration::unknown : Registration::on;
}

Result<Facts> collect(const Host& host) {
    Facts facts;
    facts.names = host.host_names();
    facts.adapters = host.adapters();
    facts.hosts_file = host.file_text(hosts_path);
    find_domain(host, facts);
    ask_registration(host, facts);
    facts.own_name = own_name(facts);
    Asker ask(host);
    if (facts.adapters && !configured_servers(*facts.adapters).empty())
        ask_servers(ask, facts);
    if (!facts.own_name.empty() && facts.names && !facts.names->domain.empty()) {
        facts.system_a = ask({facts.own_name, DnsType::a, false});
        facts.system_aaaa = ask({facts.own_name, DnsType::aaaa, false});
    }
    ask_set_servers(host, facts);
    return facts;
}

Probe probe(const ProbeOptions&) {
    return slow(make_probe("dns", "Does this host's own name lead to this host?", std::chrono::minutes{5},
                           std::chrono::seconds{60}, collect, judge));
}

} // namespace rdpmedic::dns
