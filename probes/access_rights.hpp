// Which rights and groups decide about a logon over Remote Desktop?
#pragma once

#include "probes/access.hpp"
#include "probes/formats/sid.hpp"
#include "probes/rdp_switch.hpp"

#include <algorithm>

namespace rdpmedic::access {

// https://learn.microsoft.com/windows/win32/secauthz/account-rights-constants
inline constexpr const char* right_remote = "SeRemoteInteractiveLogonRight";
inline constexpr const char* right_deny_remote = "SeDenyRemoteInteractiveLogonRight";
inline constexpr const char* right_network = "SeNetworkLogonRight";
inline constexpr const char* right_deny_network = "SeDenyNetworkLogonRight";

// https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers
inline constexpr const char* remote_desktop_users = "S-1-5-32-555";
inline constexpr const char* users = "S-1-5-32-545";
inline constexpr const char* authenticated_users = "S-1-5-11";
inline constexpr const char* interactive = "S-1-5-4";         // everybody who logs on, over Remote Desktop as well
inline constexpr const char* remote_interactive = "S-1-5-14"; // everybody who logs on over Remote Desktop
inline constexpr const char* local_service = "S-1-5-19";
inline constexpr const char* local_account = "S-1-5-113";       // every account of this computer
inline constexpr const char* local_administrator = "S-1-5-114"; // every one of them in Administrators
inline bool is_local_accounts(std::string_view sid) { return sid == local_account || sid == local_administrator; }

// A subkey for each tenant of Entra ID that this computer is joined to; no such key on one that never was. MEM: tools
// of several makers read it; documented is the function, which does the same:
// https://learn.microsoft.com/windows/win32/api/lmjoin/nf-lmjoin-netgetaadjoininformation
inline const RegistryPath entra_join{R"(SYSTEM\CurrentControlSet\Control\CloudDomainJoin\JoinInfo)"};

// fDenyTSConnections is 1. Anything else, unreadable included, is not "off".
inline bool is_switched_off(const Facts& facts) { return rdpmedic::is_switched_off(facts.deny_connections); }
inline bool is_domain_controller(const Facts& facts) { return facts.product_type && *facts.product_type == "LanmanNT"; }

inline bool holds(const Accounts& accounts, std::string_view sid) {
    return std::find(accounts.begin(), accounts.end(), sid) != accounts.end();
}

// Is one of the two rights to be denied given to local accounts, so that it counts whether there are others? Pure.
bool denies_local_accounts(const Facts& facts);
// Have none but local accounts anything to do with this computer: it is joined to no domain, and not to Entra ID. An
// error: that could not be read, or was not asked. Pure.
Result<bool> has_local_accounts_alone(const Facts& facts);

inline bool holds(const std::vector<GroupMember>& members, std::string_view sid) {
    return std::any_of(members.begin(), members.end(), [sid](const GroupMember& member) { return member.sid == sid; });
}

// Whom a SID stands for when it holds or lacks a right: everybody who can log on, one of the groups that many are in
// (the two that Windows gives the right to, the users of a domain), or somebody in particular. Pure.
enum class Reach { everybody, one_group, some };
Reach reach_of(std::string_view sid);
// The same on this host: where there are none but local accounts, "Local account" is everybody. An error where that
// decides and is not known. Pure.
Result<Reach> reach_of(const Facts& facts, std::string_view sid);

// S-1-5-21-<domain>-513: Domain Users of some domain, or None of some machine. Pure.
bool is_domain_users(std::string_view sid);
// Does one of the four rights name such a group, so that it counts whose it is? Pure.
bool names_domain_users(const Facts& facts);
// Is it the group of this host's own domain or, where it is in none, of this machine, as the names of members of the
// two groups tell, so that every account of that is in it? An error: that is not known. Pure.
Result<bool> is_own_users(const Facts& facts, std::string_view sid);
// Is everybody, or may everybody be, in the group that holds a right? Whose users they are not known to be may be this
// host's. Pure.
bool may_be_everybody(const Facts& facts, std::string_view sid);
// Whom such a group leaves where it is denied a right, with all that are denied it. Pure.
Reach reach_of_denied_users(const Facts& facts, const Accounts& denied, std::string_view sid);

// "Remote Desktop Users (S-1-5-32-555)"; the SID alone where it is none of the well-known ones.
std::string described(std::string_view sid);
// "Administrators (S-1-5-32-544), S-1-5-21-1-2-3-1105", or "nobody".
std::string names_of(const Accounts& accounts);
// "members of Remote Desktop Users (S-1-5-32-555): EXAMPLE\\alice"
std::string members_text(const std::vector<GroupMember>& members);

} // namespace rdpmedic::access
