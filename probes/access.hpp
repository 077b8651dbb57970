// May anybody log on over Remote Desktop, and can a domain controller confirm it?
#pragma once

#include "probes/formats/security_descriptor.hpp"
#include "probes/probe.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::access {

// By SID, never by name: names are localised.
using Accounts = std::vector<std::string>;

// Who may do what with connections of the listener, and the value that says so: Security of RDP-Tcp where somebody has
// made a list for it, else DefaultSecurity of WinStations.
struct ListenerList {
    SecurityDescriptor descriptor;
    RegistryPath key;
    std::string name;
};

struct Facts {
    // "WinNT" client, "ServerNT" server, "LanmanNT" domain controller.
    Result<std::string> product_type = Error{Errc::unsupported, 0, "not read"};
    Result<Setting> deny_connections = Error{Errc::unsupported, 0, "not read"}; // fDenyTSConnections
    Result<Setting> nla = Error{Errc::unsupported, 0, "not read"};              // UserAuthentication
    Result<Accounts> remote_allowed = Error{Errc::unsupported, 0, "not read"};  // SeRemoteInteractiveLogonRight
    Result<Accounts> remote_denied = Error{Errc::unsupported, 0, "not read"};   // SeDenyRemoteInteractiveLogonRight
    Result<Accounts> network_allowed = Error{Errc::unsupported, 0, "not read"}; // SeNetworkLogonRight
    Result<Accounts> network_denied = Error{Errc::unsupported, 0, "not read"};  // SeDenyNetworkLogonRight
    // Of the group Remote Desktop Users.
    Result<std::vector<GroupMember>> members = Error{Errc::unsupported, 0, "not read"};
    Result<ListenerList> listener_list = Error{Errc::unsupported, 0, "not read"};
    // Of the group Administrators; asked only where it has the right and Remote Desktop Users, with members, has not,
    // where the list of the listener leaves that group out, or where a right names the users of some domain.
    std::optional<Result<std::vector<GroupMember>>> administrators;
    Result<DomainMembership> domain = Error{Errc::unsupported, 0, "not read"};
    // Tenants of Entra ID that this computer is joined to; not_found: none, ever. Asked outside a domain, where local
    // accounts are denied a right, or where a right names the users of some domain.
    std::optional<Result<std::vector<std::string>>> entra_joins;
    std::optional<Result<SecureChannel>> channel; // asked of members of a domain, not of its controllers
    std::optional<Result<ClockOffset>> clock;     // asked of the controller that the channel leads to
    // Start of W32Time and of Netlogon; read in a domain. not_found: no such service.
    std::optional<Result<std::uint32_t>> time_service_start, netlogon_start;
};

// On a host with Remote Desktop switched off nothing more is read: who may not log on there is no fault.
// What could not be read is an error inside the facts. Blocks as Host does. Never an error itself.
Result<Facts> collect(const Host& host);

// The findings of probes/README.md, section access. Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

// access_listener.cpp: does the list of the listener let anybody log on? Pure.
std::vector<Finding> judge_listener(const Facts& facts);
// Remote Desktop Users has the right to log on, and the list of the listener does not let it. Pure.
bool listener_leaves_group_out(const Facts& facts);
// Blocks as Host does. not_found: neither value exists; malformed: what is there is no security descriptor.
Result<ListenerList> read_listener_list(const Host& host);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::access
