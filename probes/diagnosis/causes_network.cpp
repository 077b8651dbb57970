// Which causes lie in what lets packets through, and in the network as the host sees it?
#include "probes/diagnosis/causes.hpp"

namespace rdpmedic::diagnosis {

using events::Kind;
using enum Weight;

namespace {

std::vector<Cause> filter_causes() {
    return {
        {.id = "closed_before_answer",
         .guide = "S7",
         .title = "Connections are accepted and closed before RDP answers",
         .findings = {{"handshake.closed_before_reply", strong},
                      {"handshake.reset_before_reply", strong},
                      {"handshake.no_reply", hint},
                      {"handshake.unreachable", strong}},
         .events = {{Kind::closed_early, hint}, {Kind::transport_failed, hint}, {Kind::flood, hint}},
         .events_against = {{Kind::logon, strong}},
         .codes = {{0x904}, {0x304}, {0x404}},
         .needs = {"handshake", "firewall", "interference"},
         .cleared_by = {"handshake"},
         .advice = "look for a hung TermService, a filter driver and the connection limit, in that order",
         .disruption = "a restart of TermService disconnects every RDP session"},
        {.id = "firewall_closed",
         .guide = "S9",
         .title = "The Windows Firewall does not let RDP in",
         .findings = {{"firewall.blocked_by_rule"},
                      {"firewall.block_all_inbound"},
                      {"firewall.local_rules_ignored"},
                      {"firewall.rules_disabled"},
                      {"firewall.custom_port_not_allowed"},
                      {"firewall.no_allow_rule"},
                      {"firewall.service_not_running"},
                      {"firewall.restricted_addresses", strong},
                      {"firewall.addresses_blocked", strong},
                      {"firewall.restricted_interfaces", strong},
                      {"firewall.requires_ipsec", strong},
                      {"firewall.drops_logged", hint},
                      {"network.category_public", hint}},
         .events = {{Kind::filter_blocked, strong}, {Kind::firewall_changed, hint}, {Kind::arrival, hint, true}},
         .events_against = {{Kind::logon, strong}},
         .codes = {{0x204}, {0x108}, {0x704}, {0x904}},
         .needs = {"firewall"},
         .cleared_by = {"firewall"},
         .advice = "enable the rules of the group Remote Desktop for the active profile, a public one with "
                   "public_profile=true; "
                   "for another port add a rule for TermService. An exception for mstsc.exe, as guides say, does "
                   "nothing on a host",
         .disruption = "nothing is cut off",
         .before_contact = true},
        {.id = "security_product",
         .guide = "S9",
         .title = "A security or VPN product on the host closes RDP connections",
         .findings = {{"interference.product", strong, true},
                      {"interference.filter_block", strong},
                      {"interference.filter_provider", hint},
                      {"interference.firewall_product", hint},
                      {"firewall.drops_logged", hint},
                      {"handshake.reset_before_reply", strong},
                      {"handshake.closed_before_reply", strong}},
         .events = {{Kind::filter_blocked, strong}, {Kind::closed_early, hint}, {Kind::transport_failed, hint}},
         .events_against = {{Kind::logon, strong}},
         .codes = {{0x904}},
         .needs = {"interference"},
         .cleared_by = {"interference"},
         .advice = "let the product allow svchost.exe with TermService on the RDP port; test by switching its network "
                   "protection off for a minute",
         .disruption = "the host is less protected for that minute"},
        {.id = "ipsec_required",
         .title = "An IPsec rule demands what the client does not speak",
         .findings = {{"interference.ipsec_required"}, {"firewall.requires_ipsec", hint}},
         .events = {{Kind::arrival, hint, true}},
         .events_against = {{Kind::logon, strong}},
         .codes = {{0x204}, {0x108}, {0x904}},
         .needs = {"interference"},
         .cleared_by = {"interference"},
         .advice = "switch the rule off, or take the RDP port out of it, in the policy where that owns it",
         .disruption = "nothing is cut off",
         .before_contact = true},
        {.id = "firewall_service_crashes",
         .title = "The firewall service ends again and again, and its boot-time filters stay closed",
         .findings = {{"interference.loopback_apps_value"}, {"firewall.service_not_running", strong}},
         .events = {{Kind::service_failed, hint}},
         .codes = {{0x204}, {0x108}, {0x904}},
         .needs = {"interference", "firewall"},
         .cleared_by = {"firewall"},
         .advice = "remove the value DebugedLoopbackApps below MpsSvc after writing it down",
         .disruption = "nothing is cut off",
         .before_contact = true},
    };
}

std::vector<Cause> link_causes() {
    return {
        {.id = "poor_network",
         .guide = "S8",
         .title = "The network loses or delays packets: Wi-Fi, VPN, a full line",
         .place = Place::network,
         .findings = {{"network.retransmissions"},
                      {"network.packet_loss"},
                      {"network.slow_round_trip"},
                      {"network.interface_errors", strong},
                      {"network.interface_discards", strong},
                      {"network.gateway_silent", hint},
                      {"network.mtu_low", strong},
                      {"network.large_packets_lost", strong},
                      {"network.path_mtu_low", strong},
                      {"handshake.slow", hint},
                      {"sessions.auto_reconnect_disabled", hint}},
         .events = {{Kind::slow_connection, strong}, {Kind::session_lost, hint}, {Kind::transport_failed, hint}},
         .codes = {{0x904}, {0x304}, {0x404}, {0x704}, {0x108}},
         .needs = {"network", "events"},
         .advice = "measure from the client; try without the VPN; lower the MTU of the tunnel",
         .disruption = "nothing on the host is cut off"},
        {.id = "winsock_damaged",
         .guide = "S17",
         .title = "The Winsock catalogue or the host's own name service is damaged",
         .findings = {{"winsock.foreign_provider", hint},
                      {"winsock.missing_base_provider"},
                      {"winsock.provider_file_missing"},
                      {"winsock.catalog_gap"},
                      {"winsock.layered_provider", hint},
                      {"winsock.provider_unsigned", hint},
                      {"winsock.catalog_32_damaged", hint},
                      {"dns.registration_off", strong},
                      {"dns.server_silent", strong}},
         .events = {{Kind::provider_changed, hint}, {Kind::name_resolution_failed, hint}},
         .codes = {{0x304}, {0x404}, {0x904}},
         .needs = {"winsock", "dns"},
         .cleared_by = {"winsock"},
         .advice =
             "ipconfig /flushdns and /registerdns do no harm (the repair dns). The repair winsock takes out a foreign "
             "provider that can go alone: by itself where its file is gone, else with provider=ID. Where it has taken "
             "the place of Windows' own, or those are missing, only a reset cures (with reset=true), which drops VPN "
             "and antivirus providers; /release cuts this host off",
         .disruption = "a Winsock reset needs a restart of the computer"},
        {.id = "wrong_name",
         .guide = "S18",
         .title = "The name that the client uses leads to another address than this host's",
         .place = Place::client,
         .findings = {{"dns.wrong_address"},
                      {"dns.stale_address", strong},
                      {"dns.own_name_not_found", strong},
                      {"dns.suffix_differs", strong},
                      {"dns.registration_off", strong},
                      {"dns.hosts_file", strong},
                      {"dns.resolver_differs", hint},
                      {"dns.reverse_differs", hint}},
         .events = {{Kind::arrival, hint, true}, {Kind::name_resolution_failed, hint}},
         .codes = {{0x104, proof},
                   {0x208, proof},
                   {0x508, proof},
                   {0x604, proof},
                   {0x308, strong},
                   {0x804, strong},
                   {0x904}},
         .needs = {"dns"},
         // MEM: that an address means NTLM.
         .advice =
             "look the name up at the client (nslookup) and compare; the address instead of the name is a test: it "
             "brings a warning about the certificate, and NTLM instead of Kerberos",
         .disruption = "nothing on the host is cut off"},
        {.id = "adapter_power",
         .guide = "S19",
         .title = "The network adapter is switched off to save power",
         .findings = {{"network.power_saving", strong, true}},
         .codes = {{0x904}},
         .needs = {"network"},
         .cleared_by = {"network"},
         .advice =
             "Windows switches an adapter off when the computer sleeps, not when it is idle: forbid sleep, or keep the "
             "adapter on (the repair network with power_saving=off). "
             "https://learn.microsoft.com/troubleshoot/windows-client/networking/power-management-on-network-adapter",
         .disruption = "a changed adapter setting interrupts the link"},
        {.id = "ports_exhausted",
         .title = "The host has no ports left for connections of its own, such as to its domain",
         .findings = {{"network.ports_exhausted"}, {"network.ports_low", strong}},
         .events = {{Kind::ports_exhausted, strong}},
         .codes = {{0x904}, {0x1807}},
         .needs = {"network"},
         .cleared_by = {"network"},
         .advice = "find the process that leaks connections; the evidence names those with the most",
         .disruption = "ending that process"},
        {.id = "no_network",
         .title = "This host itself has no network: no adapter is up, or none has an address",
         .findings = {{"network.disconnected"},
                      {"network.no_address"},
                      {"network.gateway_silent", hint},
                      {"network.static_address", hint},
                      {"network.stale_route", hint}},
         .events = {{Kind::arrival, hint, true}},
         .events_against = {{Kind::arrival, strong}},
         .codes = {{0x104}, {0x108}, {0x204}, {0x208}, {0x904}},
         .needs = {"network"},
         .cleared_by = {"network"},
         .advice = "look at the cable or the virtual switch, then at DHCP; the evidence lists every adapter. A cloud "
                   "machine with a static address is out of reach until DHCP is back",
         .disruption = "nothing is cut off that still works",
         .before_contact = true},
        {.id = "network_service_disabled",
         .title = "A service or driver that the network of this host needs is disabled",
         .findings = {{"network.service_disabled"}},
         .codes = {{0x204}, {0x108}, {0x904}},
         .needs = {"network"},
         .cleared_by = {"network"},
         .advice = "set its start type back to what Windows comes with (Tcpip 0, AFD and nsiproxy 1, the others 2), "
                   "look for the policy or the tuning script that disabled it, and start it or restart the computer",
         .disruption = "a restart of the computer ends every session"},
        {.id = "address_conflict",
         .title = "Another computer has the address of this host",
         .place = Place::network,
         .findings = {},
         .events = {{Kind::address_conflict, strong}},
         .codes = {{0x904}},
         .needs = {"events"},
         .advice = "give one of the two another address",
         .disruption = "every connection of the host whose address changes"},
    };
}

} // namespace

std::vector<Cause> network_causes() {
    std::vector<Cause> all = filter_causes();
    for (Cause& cause : link_causes())
        all.push_back(std::move(cause));
    return all;
}

} // namespace rdpmedic::diagnosis
