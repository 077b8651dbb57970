// Does the list of the listener let anybody log on, and whom that has the right does it keep out?
#include "probes/access_rights.hpp"
#include "probes/formats/access.hpp"

namespace rdpmedic::access {
namespace {

constexpr std::string_view id = "access";

// WINSTATION_LOGON. Without it nobody gets a new session; the others are about sessions of other users.
// https://learn.microsoft.com/windows/win32/termserv/win32-tsaccount
// https://learn.microsoft.com/windows/win32/termserv/terminal-services-permissions
constexpr std::uint32_t logon = 0x20;
// MEM: of the generic rights, all alone holds it. Lists of Windows hold no generic rights.
constexpr GenericMapping station_rights{0x20001, 0x20002, 0x20000, 0xF03BF};

bool is_everybody(std::string_view sid) {
    return reach_of(sid) == Reach::everybody || sid == interactive || sid == remote_interactive;
}

// Accounts that nobody logs on with: SYSTEM, LOCAL SERVICE, NETWORK SERVICE and the identities of services.
bool is_of_services(std::string_view sid) {
    return sid == sids::system || sid == sids::network_service || sid == local_service ||
           sid.rfind("S-1-5-80-", 0) == 0;
}

bool counts(const AccessEntry& entry) { return (entry.flags & ace::inherit_only) == 0; }

// `sid` as somebody who logs on has it: with the groups that everybody is then in, as far as the list names them.
Accounts with_everybody(const SecurityDescriptor& list, const std::string& sid) {
    Accounts sids{sid};
    for (const AccessEntry& entry : list.entries)
        if (is_everybody(entry.sid) && !holds(sids, entry.sid))
            sids.push_back(entry.sid);
    return sids;
}

bool may_log_on(const SecurityDescriptor& list, const std::string& sid) {
    return access_of(list, with_everybody(list, sid), station_rights).grants(logon);
}

// Whose entry lets him log on, each once, in the order of the list.
Accounts who_may_log_on(const SecurityDescriptor& list) {
    Accounts allowed;
    for (const AccessEntry& entry : list.entries)
        if (counts(entry) && entry.type == ace::allow && !is_of_services(entry.sid) && !holds(allowed, entry.sid) &&
            (access_of(list, std::span(&entry.sid, 1), station_rights).allowed & logon) != 0 &&
            may_log_on(list, entry.sid))
            allowed.push_back(entry.sid);
    return allowed;
}

// An entry with a condition, an object type or an unknown shape can let somebody in; none of them is evaluated here.
bool may_let_in(const AccessEntry& entry) {
    const bool special = entry.type == ace::allow_callback || entry.type == ace::allow_object ||
                         entry.type == ace::allow_callback_object;
    return counts(entry) && (entry.sid.empty() || (special && (entry.mask & (logon | 0x10000000)) != 0));
}

class ListJudge {
  public:
    ListJudge(const Facts& facts, const ListenerList& list)
        : facts_(facts), list_(list), allowed_(who_may_log_on(list.descriptor)) {}

    std::vector<Finding> findings() {
        if (!list_.descriptor.has_dacl) // no list lets everybody do everything
            return {};
        const auto& entries = list_.descriptor.entries;
        if (allowed_.empty() && std::any_of(entries.begin(), entries.end(), may_let_in))
            return {unknown(
                id, "permissions of the listener",
                {Errc::unsupported, 0, label(list_.key, list_.name) + ", which lets in by a condition at most"})};
        judge_denied();
        if (allowed_.empty())
            judge_nobody();
        else if (listener_leaves_group_out(facts_) && !is_denied(remote_desktop_users))
            judge_left_out();
        return std::move(findings_);
    }

  private:
    void add(const char* code, Severity severity, std::string text, std::string subject = {}) {
        Finding finding{code, severity, std::move(text), std::move(subject)};
        finding.evidence = {label(list_.key, list_.name) + " lets log on: " + names_of(allowed_)};
        findings_.push_back(std::move(finding));
    }

    bool is_denied(const std::string& sid) const {
        return (access_of(list_.descriptor, std::span(&sid, 1), station_rights).denied & logon) != 0;
    }

    // As with the user right: who keeps everybody or an entire group of RDP out is named, and nobody in particular.
    // Windows reads the list in its order; tools sort it, which turns an allow before a deny round.
    void judge_denied() {
        Accounts seen;
        for (const AccessEntry& entry : list_.descriptor.entries) {
            const bool everybody = is_everybody(entry.sid);
            if ((!everybody && reach_of(entry.sid) != Reach::one_group) || holds(seen, entry.sid) ||
                !is_denied(entry.sid))
                continue;
            seen.push_back(entry.sid);
            const bool behind = everybody ? !allowed_.empty() : may_log_on(list_.descriptor, entry.sid);
            const std::string who = described(entry.sid) + " is denied to log on by the permissions of the listener";
            add("access.listener_denied", everybody && !behind ? Severity::critical : Severity::warning,
                who + (behind ? ", in an entry behind one that allows it: a tool that sorts the list turns this round"
                       : everybody ? ", and with it every user: nobody can log on over Remote Desktop"
                                   : ": no member of it can log on over Remote Desktop"),
                entry.sid);
        }
    }

    void judge_nobody() {
        const auto is_critical = [](const Finding& finding) { return finding.severity == Severity::critical; };
        if (std::any_of(findings_.begin(), findings_.end(), is_critical)) // that everybody is denied has been said
            return;
        add("access.listener_nobody_allowed", Severity::critical,
            "nobody may log on by the permissions of the listener, whoever has the user right: "
            "Win32_TSPermissionsSetting.RestoreDefaults puts back those of Windows");
    }

    // Who is in the group and is let in by himself, or as an administrator, is not kept out. Members of other groups
    // are not known here: where others are let in too, they may be the same people.
    void judge_left_out() {
        if (!facts_.members) {
            findings_.push_back(unknown(id, "members of Remote Desktop Users", facts_.members.error()));
            return;
        }
        const bool administrators = holds(allowed_, sids::administrators);
        if (!facts_.members->empty() && administrators && (!facts_.administrators || !*facts_.administrators)) {
            findings_.push_back(unknown(id, "members of Administrators",
                                        facts_.administrators ? facts_.administrators->error()
                                                              : Error{Errc::unsupported, 0, "not read"}));
            return;
        }
        std::vector<GroupMember> left_out; // who has no name is no account any more
        bool others = false;
        for (const std::string& sid : allowed_)
            others = others || (sid != sids::administrators && !holds(*facts_.members, sid));
        for (const GroupMember& member : *facts_.members)
            if (!member.name.empty() && !holds(allowed_, member.sid) &&
                !(administrators && holds(**facts_.administrators, member.sid)))
                left_out.push_back(member);
        if (left_out.empty())
            return;
        add("access.listener_left_out", others ? Severity::info : Severity::warning,
            std::string("Remote Desktop Users has the right to log on, and the permissions of the listener leave it "
                        "out: who is only in that group is turned away") +
                (others ? ", unless another entry lets him in" : ""),
            remote_desktop_users);
        findings_.back().evidence.push_back(members_text(left_out));
    }

    const Facts& facts_;
    const ListenerList& list_;
    Accounts allowed_;
    std::vector<Finding> findings_;
};

} // namespace

// Where the list is: https://support.microsoft.com/help/259129. MEM: that it is Security of RDP-Tcp once somebody has
// changed it; that page names DefaultSecurity, and untouched hosts have that one alone.
Result<ListenerList> read_listener_list(const Host& host) {
    ListenerList list{{}, keys::rdp_tcp, "Security"};
    Result<Bytes> bytes = read_binary(host, list.key, list.name);
    if (is_absent(bytes)) {
        list.key = keys::win_stations;
        list.name = "DefaultSecurity";
        bytes = read_binary(host, list.key, list.name);
    }
    if (!bytes)
        return bytes.error();
    Result<SecurityDescriptor> descriptor = parse_security_descriptor(*bytes);
    if (!descriptor)
        return Error{descriptor.error().code, 0, label(list.key, list.name) + ": " + descriptor.error().where};
    list.descriptor = std::move(*descriptor);
    return list;
}

bool listener_leaves_group_out(const Facts& facts) {
    if (!facts.listener_list || !facts.listener_list->descriptor.has_dacl || !facts.remote_allowed)
        return false;
    const bool denied = facts.remote_denied && holds(*facts.remote_denied, remote_desktop_users);
    return holds(*facts.remote_allowed, remote_desktop_users) && !denied &&
           !may_log_on(facts.listener_list->descriptor, remote_desktop_users);
}

std::vector<Finding> judge_listener(const Facts& facts) {
    if (!facts.listener_list)
        return {unknown(id, "permissions of the listener", facts.listener_list.error())};
    return ListJudge(facts, *facts.listener_list).findings();
}

} // namespace rdpmedic::access
