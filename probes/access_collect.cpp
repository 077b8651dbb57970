// Who may log on, and what does the domain say?
#include "probes/access.hpp"

#include "probes/access_rights.hpp"
#include "probes/rdp_switch.hpp"

namespace rdpmedic::access {
namespace {

// "\\DC01.example.local" as Netlogon writes it, without its backslashes.
std::string server_name(std::string text) {
    text.erase(0, text.find_first_not_of('\\'));
    return text;
}

void collect_domain(const Host& host, Facts& facts) {
    facts.domain = host.domain_membership();
    if (facts.domain && !facts.domain->joined && (denies_local_accounts(facts) || names_domain_users(facts)))
        facts.entra_joins = host.registry_subkeys(entra_join);
    if (facts.domain && facts.domain->joined) {
        facts.time_service_start = read_dword(host, keys::time_service, "Start");
        facts.netlogon_start = read_dword(host, keys::netlogon, "Start");
    }
    // A controller has no channel to its own domain. Where the product is not known it is asked, and not judged.
    if (!facts.domain || !facts.domain->joined || is_domain_controller(facts))
        return;
    facts.channel = host.secure_channel(facts.domain->name);
    if (!*facts.channel || (*facts.channel)->status != 0)
        return;
    const std::string controller = server_name((*facts.channel)->domain_controller);
    if (!controller.empty())
        facts.clock = host.clock_offset(controller);
}

bool needs_administrators(const Facts& facts) {
    if (names_domain_users(facts))
        return true;
    if (!facts.members || facts.members->empty())
        return false;
    const bool without_group = facts.remote_allowed && holds(*facts.remote_allowed, sids::administrators) &&
                               !holds(*facts.remote_allowed, remote_desktop_users);
    return without_group || listener_leaves_group_out(facts);
}

} // namespace

Result<Facts> collect(const Host& host) {
    Facts facts;
    facts.deny_connections = read_rdp_switch(host);
    if (is_switched_off(facts))
        return facts;
    facts.product_type = read_text(host, keys::product_options, "ProductType");
    facts.nla = effective_dword(host, keys::terminal_services_policy, keys::rdp_tcp, "UserAuthentication");
    facts.remote_allowed = host.accounts_with_right(right_remote);
    facts.remote_denied = host.accounts_with_right(right_deny_remote);
    facts.network_allowed = host.accounts_with_right(right_network);
    facts.network_denied = host.accounts_with_right(right_deny_network);
    facts.members = host.local_group(remote_desktop_users);
    facts.listener_list = read_listener_list(host);
    if (needs_administrators(facts))
        facts.administrators = host.local_group(sids::administrators);
    collect_domain(host, facts);
    return facts;
}

// The domain controller can be away: its name, its clock and the members of groups are asked for over the network.
Probe probe(const ProbeOptions&) {
    return slow(make_probe("access", "May anybody log on over Remote Desktop?", std::chrono::seconds{900},
                           std::chrono::seconds{60}, &collect, &judge));
}

} // namespace rdpmedic::access
