// Which rights and groups decide about a logon over Remote Desktop?
#include "probes/access_rights.hpp"

namespace rdpmedic::access {
namespace {

// S-1-5-21-<domain>-513: Domain Users of any domain, or None of this machine, to which every account belongs.
bool is_domain_users(std::string_view sid) {
    constexpr std::string_view domain = "S-1-5-21-", users_of_it = "-513";
    return sid.size() > domain.size() + users_of_it.size() && sid.substr(0, domain.size()) == domain &&
           sid.substr(sid.size() - users_of_it.size()) == users_of_it;
}

} // namespace

Reach reach_of(std::string_view sid) {
    if (sid == sids::everyone || sid == authenticated_users || sid == users || is_domain_users(sid))
        return Reach::everybody;
    if (sid == sids::administrators || sid == remote_desktop_users)
        return Reach::one_group;
    return Reach::some;
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
    else if (is_domain_users(sid))
        name = "Domain Users";
    return name.empty() ? std::string(sid) : name + " (" + std::string(sid) + ")";
}

std::string members_text(const std::vector<GroupMember>& members) {
    std::string line = "members of " + described(remote_desktop_users) + ": ";
    for (const GroupMember& member : members)
        line += (&member == &members.front() ? "" : ", ") + (member.name.empty() ? member.sid : member.name);
    return members.empty() ? line + "none" : line;
}

} // namespace rdpmedic::access
