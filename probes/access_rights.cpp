// Which rights and groups decide about a logon over Remote Desktop?
#include "probes/access_rights.hpp"

#include "probes/letter_case.hpp"

namespace rdpmedic::access {
namespace {

// What the SIDs of all accounts of one domain or machine begin with.
std::string_view authority_of(std::string_view sid) { return sid.substr(0, sid.rfind('-')); }

} // namespace

bool is_domain_users(std::string_view sid) {
    constexpr std::string_view domain = "S-1-5-21-", users_of_it = "-513";
    return sid.size() > domain.size() + users_of_it.size() && sid.substr(0, domain.size()) == domain &&
           sid.substr(sid.size() - users_of_it.size()) == users_of_it;
}

bool names_domain_users(const Facts& facts) {
    const auto any = [](const Result<Accounts>& accounts) {
        return accounts && std::any_of(accounts->begin(), accounts->end(), is_domain_users);
    };
    return any(facts.remote_allowed) || any(facts.remote_denied) || any(facts.network_allowed) ||
           any(facts.network_denied);
}

// Administrators of a member has Domain Admins in it, and that of every machine an account of its own. DERIVED: a named
// member with the same beginning tells whose users a SID is.
Result<bool> is_own_users(const Facts& facts, std::string_view sid) {
    if (!is_domain_users(sid))
        return false;
    if (!facts.domain)
        return facts.domain.error();
    const auto is_kin = [&](const GroupMember& member) {
        return authority_of(member.sid) == authority_of(sid) &&
               (facts.domain->joined ? begins_ignoring_case(member.name, facts.domain->name + "\\")
                                     : !member.name.empty());
    };
    if (facts.members && std::any_of(facts.members->begin(), facts.members->end(), is_kin))
        return true;
    if (!facts.administrators)
        return Error{Errc::unsupported, 0, "not read"};
    if (!*facts.administrators)
        return facts.administrators->error();
    return std::any_of((*facts.administrators)->begin(), (*facts.administrators)->end(), is_kin);
}

bool may_be_everybody(const Facts& facts, std::string_view sid) {
    const Result<bool> own = is_own_users(facts, sid);
    return !own || *own || reach_of(sid) == Reach::everybody;
}

Reach reach_of_denied_users(const Facts& facts, const Accounts& denied, std::string_view sid) {
    const Result<bool> own = is_own_users(facts, sid);
    if (!own || !*own)
        return Reach::one_group;
    if (facts.domain->joined) // a controller has no local accounts
        return is_domain_controller(facts) || holds(denied, local_account) ? Reach::everybody : Reach::one_group;
    const Result<bool> alone = has_local_accounts_alone(facts);
    return alone && *alone ? Reach::everybody : Reach::one_group;
}

Reach reach_of(std::string_view sid) {
    if (sid == sids::everyone || sid == authenticated_users || sid == users)
        return Reach::everybody;
    if (sid == sids::administrators || sid == remote_desktop_users || is_domain_users(sid))
        return Reach::one_group;
    return Reach::some;
}

bool denies_local_accounts(const Facts& facts) {
    const auto any = [](const Result<Accounts>& denied) {
        return denied && std::any_of(denied->begin(), denied->end(), is_local_accounts);
    };
    const bool without_nla = facts.nla && facts.nla->value == 0;
    return any(facts.remote_denied) || (!without_nla && any(facts.network_denied));
}

Result<bool> has_local_accounts_alone(const Facts& facts) {
    if (!facts.domain)
        return facts.domain.error();
    if (facts.domain->joined)
        return false;
    if (!facts.entra_joins)
        return Error{Errc::unsupported, 0, "not read"};
    if (is_unreadable(*facts.entra_joins))
        return facts.entra_joins->error();
    return !*facts.entra_joins || (*facts.entra_joins)->empty();
}

Result<Reach> reach_of(const Facts& facts, std::string_view sid) {
    if (!is_local_accounts(sid))
        return reach_of(sid);
    const Result<bool> alone = has_local_accounts_alone(facts);
    if (!alone)
        return alone.error();
    if (!*alone)
        return Reach::some;
    return sid == local_account ? Reach::everybody : Reach::one_group;
}

std::string described(std::string_view sid) {
    std::string name;
    if (sid == sids::everyone)
        name = "Everyone";
    else if (sid == authenticated_users)
        name = "Authenticated Users";
    else if (sid == users)
        name = "Users";
    else if (sid == sids::administrators)
        name = "Administrators";
    else if (sid == remote_desktop_users)
        name = "Remote Desktop Users";
    else if (sid == interactive)
        name = "Interactive";
    else if (sid == remote_interactive)
        name = "Remote Interactive Logon";
    else if (sid == local_account)
        name = "Local account";
    else if (sid == local_administrator)
        name = "Local account and member of Administrators group";
    else if (is_domain_users(sid))
        name = "Domain Users";
    return name.empty() ? std::string(sid) : name + " (" + std::string(sid) + ")";
}

std::string names_of(const Accounts& accounts) {
    std::string line;
    for (const std::string& sid : accounts)
        line += (line.empty() ? "" : ", ") + described(sid);
    return line.empty() ? "nobody" : line;
}

std::string members_text(const std::vector<GroupMember>& members) {
    std::string line = "members of " + described(remote_desktop_users) + ": ";
    for (const GroupMember& member : members)
        line += (&member == &members.front() ? "" : ", ") + (member.name.empty() ? member.sid : member.name);
    return members.empty() ? line + "none" : line;
}

} // namespace rdpmedic::access
