// May anybody log on over Remote Desktop, and can a domain controller confirm it?
#include "probes/access.hpp"
#include "probes/access_rights.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::access {
namespace {

constexpr std::string_view id = "access";
constexpr std::uint32_t disabled = 4; // Start of a service

std::string evidence_of(const char* right, const Accounts& accounts) {
    return std::string(right) + " = " + names_of(accounts);
}

struct ChannelStatus {
    std::uint32_t number;
    const char* name;
    bool broken; // the domain was reached and does not accept this computer
};
// https://learn.microsoft.com/windows/win32/debug/system-error-codes--1700-3999-
constexpr std::array channel_statuses{
    ChannelStatus{5, "ERROR_ACCESS_DENIED", true},
    ChannelStatus{1311, "ERROR_NO_LOGON_SERVERS", false},
    ChannelStatus{1355, "ERROR_NO_SUCH_DOMAIN", false},
    ChannelStatus{1722, "RPC_S_SERVER_UNAVAILABLE", false},
    ChannelStatus{1786, "ERROR_NO_TRUST_LSA_SECRET", true},
    ChannelStatus{1787, "ERROR_NO_TRUST_SAM_ACCOUNT", true},
    ChannelStatus{1788, "ERROR_TRUSTED_DOMAIN_FAILURE", true},
    ChannelStatus{1789, "ERROR_TRUSTED_RELATIONSHIP_FAILURE", true},
    ChannelStatus{1790, "ERROR_TRUST_FAILURE", true},
};

const ChannelStatus* known(std::uint32_t number) {
    const auto found = std::find_if(channel_statuses.begin(), channel_statuses.end(),
                                    [&](const ChannelStatus& status) { return status.number == number; });
    return found == channel_statuses.end() ? nullptr : &*found;
}

bool is_broken_trust(std::uint32_t number) {
    const ChannelStatus* status = known(number);
    return status && status->broken;
}

std::string explain(std::uint32_t number) {
    const ChannelStatus* status = known(number);
    return "error " + std::to_string(number) + (status ? std::string(" (") + status->name + ")" : "");
}

// Collects the findings of one round.
class Judge {
  public:
    Judge(const Facts& facts, const JudgeContext& context) : facts_(facts), context_(context) {}

    std::vector<Finding> findings() {
        if (is_switched_off(facts_))
            return {};
        judge_unread(right_remote, facts_.remote_allowed);
        judge_unread(right_deny_remote, facts_.remote_denied);
        if (facts_.remote_denied)
            judge_denied(right_deny_remote, *facts_.remote_denied, "access.right_denied",
                         "is denied to log on through Remote Desktop Services");
        if (facts_.remote_allowed)
            judge_allowed(*facts_.remote_allowed);
        for (Finding& finding : judge_listener(facts_))
            add(std::move(finding));
        judge_network();
        judge_domain();
        judge_domain_users();
        return std::move(findings_);
    }

  private:
    void add(Finding finding) { findings_.push_back(std::move(finding)); }

    template <class T>
    void judge_unread(const char* what, const Result<T>& fact) {
        if (!fact)
            add(unknown(id, what, fact.error()));
    }

    // Denials win over permissions. Guests, service accounts, the administrators of the domain and, on its members,
    // local accounts are denied by security baselines; only who keeps everybody or an entire group of RDP out is named.
    // https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings
    // Outside a domain the same baseline denies every user there is:
    // https://www.tenable.com/audits/items/CIS_MS_Windows_7_v3.2.0_Level_1.audit:c4789afc52c86ea9edfe9f6712d97cd7
    void judge_denied(const char* right, const Accounts& denied, const char* code, const std::string& what) {
        for (const std::string& sid : denied) {
            const bool of_domain = is_domain_users(sid);
            const Result<Reach> reach = of_domain ? reach_of_denied_users(facts_, denied, sid) : reach_of(facts_, sid);
            if (!reach || *reach == Reach::some) // judge_domain says what is not known
                continue;
            Finding finding{code, *reach == Reach::everybody ? Severity::critical : Severity::warning,
                            described(sid) + " " + what +
                                (of_domain && *reach == Reach::everybody && facts_.domain->joined
                                     ? ": no user of the domain " + facts_.domain->name +
                                           " can log on over Remote Desktop, and no local account can"
                                 : *reach == Reach::everybody
                                     ? ", and with it every user: nobody can log on over Remote Desktop"
                                     : ": no member of it can log on over Remote Desktop"),
                            sid};
            finding.evidence = {evidence_of(right, denied)};
            if (is_local_accounts(sid))
                finding.evidence.push_back("member of the workgroup " + facts_.domain->name +
                                           ", of no domain and not joined to Entra ID: every account is a local one");
            add(std::move(finding));
        }
    }

    // Administrators tell whose they are.
    void judge_domain_users() {
        const auto is_said = [](const Finding& finding) { return finding.subject == "members of Administrators"; };
        if (names_domain_users(facts_) && facts_.administrators && !*facts_.administrators &&
            std::none_of(findings_.begin(), findings_.end(), is_said))
            add(unknown(id, "members of Administrators", facts_.administrators->error()));
    }

    bool is_denied(std::string_view sid) const { return facts_.remote_denied && holds(*facts_.remote_denied, sid); }

    // On a domain controller Windows gives the right to Administrators alone, elsewhere to Remote Desktop Users, too:
    // https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings/allow-log-on-through-remote-desktop-services
    void judge_allowed(const Accounts& allowed) {
        Accounts left;
        std::copy_if(allowed.begin(), allowed.end(), std::back_inserter(left),
                     [&](const std::string& sid) { return !is_denied(sid); });
        if (left.empty()) {
            Finding finding{"access.nobody_may_logon", Severity::critical,
                            "nobody may log on through Remote Desktop Services: the right belongs to no account that "
                            "is not denied it"};
            finding.evidence = {evidence_of(right_remote, allowed)};
            if (facts_.remote_denied)
                finding.evidence.push_back(evidence_of(right_deny_remote, *facts_.remote_denied));
            return add(std::move(finding));
        }
        if (std::any_of(left.begin(), left.end(), [&](const std::string& sid) { return means_everybody(sid); }))
            return;
        judge_two_groups(allowed, left);
    }

    // The right must be with Administrators or Remote Desktop Users for the two to mean anything. That one of them is
    // denied it has been said.
    void judge_two_groups(const Accounts& allowed, const Accounts& left) {
        const bool administrators = holds(left, sids::administrators), group = holds(left, remote_desktop_users);
        Accounts others;
        std::copy_if(left.begin(), left.end(), std::back_inserter(others), [&](const std::string& sid) {
            return sid != sids::administrators && sid != remote_desktop_users && !has_no_name(sid);
        });
        if (administrators && !group && others.empty() && !holds(allowed, remote_desktop_users))
            judge_group_left_out(allowed);
        if (group && !administrators)
            judge_group_without_administrators(allowed, others);
        if (!group && !administrators && !holds(allowed, sids::administrators) && !holds(allowed, remote_desktop_users))
            judge_both_left_out(allowed, left);
    }

    // DERIVED: a member of one of the two groups without a name is an account that was deleted, or one of a domain that
    // does not answer; a right of its own lets nobody in either way. No read names other holders of a right.
    bool has_no_name(const std::string& sid) const {
        const auto nameless = [&](const GroupMember& member) { return member.sid == sid && member.name.empty(); };
        const auto among = [&](const Result<std::vector<GroupMember>>& members) {
            return members && std::any_of(members->begin(), members->end(), nameless);
        };
        return among(facts_.members) || (facts_.administrators && among(*facts_.administrators));
    }

    bool means_everybody(const std::string& sid) const {
        return may_be_everybody(facts_, sid) || (sid == local_account && facts_.domain && !facts_.domain->joined);
    }

    // A group of one's own may hold the same people, and a deleted account nobody: which, is not known here.
    void judge_both_left_out(const Accounts& allowed, const Accounts& left) {
        Finding finding{"access.both_groups_left_out",
                        is_domain_controller(facts_) ? Severity::info : Severity::warning,
                        "neither Administrators nor Remote Desktop Users may log on through Remote Desktop Services, "
                        "only " +
                            names_of(left) +
                            ": everybody else is turned away, and nobody is let in where these are "
                            "accounts that were deleted"};
        finding.evidence = {evidence_of(right_remote, allowed)};
        for (const std::string& sid : left)
            if (has_no_name(sid))
                finding.evidence.push_back(sid + " has no name any more");
        add(std::move(finding));
    }

    // Somebody was put into the group so that he may log on. Who has the right through another group than the two is
    // not known here, so only Administrators alone are judged.
    void judge_group_left_out(const Accounts& allowed) {
        if (!facts_.members)
            return add(unknown(id, "members of Remote Desktop Users", facts_.members.error()));
        if (facts_.members->empty())
            return;
        if (!facts_.administrators || !*facts_.administrators)
            return add(unknown(id, "members of Administrators",
                               facts_.administrators ? facts_.administrators->error()
                                                     : Error{Errc::unsupported, 0, "not read"}));
        std::vector<GroupMember> left_out; // who has no name is no account any more
        std::copy_if(facts_.members->begin(), facts_.members->end(), std::back_inserter(left_out),
                     [&](const GroupMember& m) { return !m.name.empty() && !holds(**facts_.administrators, m.sid); });
        if (!left_out.empty())
            add({"access.group_left_out",
                 is_domain_controller(facts_) ? Severity::info : Severity::warning,
                 "only Administrators may log on through Remote Desktop Services: who is only in Remote Desktop Users "
                 "is turned away",
                 remote_desktop_users,
                 {evidence_of(right_remote, allowed), members_text(left_out)}});
    }

    // The group decides, so its members count; beside others it is not known who is left where it is empty.
    void judge_group_without_administrators(const Accounts& allowed, const Accounts& others) {
        if (!facts_.members)
            return add(unknown(id, "members of Remote Desktop Users", facts_.members.error()));
        const std::string who =
            "only Remote Desktop Users" + (others.empty() ? std::string() : " and " + names_of(others));
        if (facts_.members->empty())
            return add({"access.group_empty",
                        others.empty() ? Severity::critical : Severity::warning,
                        who + " may log on through Remote Desktop Services, and the group is empty: " +
                            (others.empty() ? "nobody can log on" : "nobody else can log on"),
                        remote_desktop_users,
                        {evidence_of(right_remote, allowed), members_text(*facts_.members)}});
        if (!holds(allowed, sids::administrators))
            add({"access.administrators_left_out",
                 Severity::info,
                 who + " may log on through Remote Desktop Services: an administrator who is not among them is turned "
                       "away",
                 std::string(sids::administrators),
                 {evidence_of(right_remote, allowed), members_text(*facts_.members)}});
    }

    // NLA authenticates the user over the network, so the rights of network logons count as well:
    // https://learn.microsoft.com/troubleshoot/windows-server/remote/cannot-authenticate-or-must-authenticate-twice
    void judge_network() {
        std::vector<Finding> found;
        std::swap(found, findings_);
        judge_unread(right_network, facts_.network_allowed);
        judge_unread(right_deny_network, facts_.network_denied);
        if (facts_.network_denied)
            judge_denied(right_deny_network, *facts_.network_denied, "access.network_denied",
                         "is denied access from the network, which Network Level Authentication needs");
        if (facts_.network_allowed)
            judge_network_allowed(*facts_.network_allowed);
        std::swap(found, findings_);
        if (found.empty() || (facts_.nla && facts_.nla->value == 0))
            return;
        // Not set, or with another number, NLA may still be demanded; only when it cannot be read is that not known.
        if (is_unreadable(facts_.nla))
            return add(unknown(id, "UserAuthentication", facts_.nla.error()));
        std::move(found.begin(), found.end(), std::back_inserter(findings_));
    }

    void judge_network_allowed(const Accounts& allowed) {
        if (allowed.empty())
            return add({"access.network_nobody_allowed",
                        Severity::critical,
                        "nobody may access this computer from the network, which Network Level Authentication needs: "
                        "nobody can log on over Remote Desktop",
                        "",
                        {evidence_of(right_network, allowed)}});
        const auto everybody = [this](const std::string& sid) { return may_be_everybody(facts_, sid); };
        if (std::any_of(allowed.begin(), allowed.end(), everybody) || holds(allowed, remote_desktop_users))
            return;
        // Who is in the group and has the right in another way is not kept out. Members of other groups are not known
        // here, so this is a warning.
        if (!facts_.members || !facts_.remote_allowed || !holds(*facts_.remote_allowed, remote_desktop_users))
            return;
        const auto left_out = [&](const GroupMember& member) { return !holds(allowed, member.sid); };
        if (std::any_of(facts_.members->begin(), facts_.members->end(), left_out))
            add({"access.network_right_missing",
                 Severity::warning,
                 "Remote Desktop Users may not access this computer from the network, which Network Level "
                 "Authentication needs: its members are turned away with \"restricted the type of logon\"",
                 remote_desktop_users,
                 {evidence_of(right_network, allowed), members_text(*facts_.members)}});
    }

    void judge_domain() {
        judge_unread("membership of a domain", facts_.domain);
        if (facts_.entra_joins && is_unreadable(*facts_.entra_joins))
            add(unknown(id, "whether this computer is joined to Entra ID", facts_.entra_joins->error()));
        if (facts_.time_service_start)
            judge_time_service(*facts_.time_service_start);
        if (facts_.netlogon_start)
            judge_netlogon(*facts_.netlogon_start);
        if (!facts_.channel || is_domain_controller(facts_))
            return;
        if (!*facts_.channel)
            return add(unknown(id, "secure channel", facts_.channel->error()));
        judge_channel(**facts_.channel);
        if (facts_.clock)
            judge_clock(*facts_.clock);
    }

    // Who has an account of the domain cannot be authenticated without it; a local account can.
    void judge_channel(const SecureChannel& channel) {
        if (channel.status == 0)
            return;
        const std::string evidence =
            "secure channel to " + facts_.domain->name + ": " + explain(channel.status) +
            (channel.domain_controller.empty() ? "" : ", domain controller " + channel.domain_controller);
        if (is_broken_trust(channel.status))
            return add({"access.secure_channel_broken",
                        Severity::critical,
                        "the domain " + facts_.domain->name +
                            " no longer accepts the password of this computer: users of the domain cannot log on "
                            "over Remote Desktop with Network Level Authentication. Reset the secure channel "
                            "(Test-ComputerSecureChannel -Repair)",
                        facts_.domain->name,
                        {evidence}});
        // The state is that of the last use. DERIVED: a channel that nobody has needed yet looks the same, so a
        // warning.
        add({"access.domain_unreachable",
             Severity::warning,
             "this computer had no domain controller of " + facts_.domain->name +
                 " when it last needed one: users of the domain may not be able to log on over Remote Desktop. Check "
                 "DNS and the way to a domain controller (nltest /sc_query)",
             facts_.domain->name,
             {evidence}});
    }

    // Members keep their clocks by those of the controllers, and controllers by each other's, through this service:
    // https://learn.microsoft.com/windows-server/networking/windows-time-service/how-the-windows-time-service-works
    // Whether another program sets the clock is not known; while the clock is right, only that one or luck keeps it so.
    void judge_time_service(const Result<std::uint32_t>& start) {
        if (is_unreadable(start))
            return add(unknown(id, "start type of W32Time", start.error()));
        if (start && *start != disabled)
            return;
        const std::string where = label(keys::time_service, "Start");
        Finding finding{"access.time_service_disabled", Severity::warning,
                        std::string("the Windows Time service ") + (start ? "is disabled" : "does not exist") +
                            ": nothing of Windows keeps the clock of this member of " + facts_.domain->name +
                            " right, and Kerberos refuses logons once it is five minutes off",
                        "W32Time"};
        finding.evidence = {start ? where + " = 4" : describe(start.error())};
        if (facts_.clock && *facts_.clock)
            finding.evidence.push_back(measured(**facts_.clock));
        add(std::move(finding));
    }

    // It carries what a member asks its domain about users:
    // https://learn.microsoft.com/openspecs/windows_protocols/ms-nrpc/2d776bfc-e81f-4c8f-9da8-4c2920f65413
    // Where the channel answered it still runs. Without NLA the user is asked on the host itself, which may know him.
    void judge_netlogon(const Result<std::uint32_t>& start) {
        if (is_unreadable(start))
            return add(unknown(id, "start type of Netlogon", start.error()));
        if (start && *start != disabled)
            return;
        if (is_unreadable(facts_.nla))
            add(unknown(id, "UserAuthentication", facts_.nla.error()));
        const bool runs = facts_.channel && *facts_.channel && (*facts_.channel)->status == 0;
        const bool asked_first = !is_unreadable(facts_.nla) && !(facts_.nla && facts_.nla->value == 0);
        Finding finding{"access.netlogon_disabled", asked_first && !runs ? Severity::critical : Severity::warning,
                        std::string("the service Netlogon ") + (start ? "is disabled" : "does not exist") +
                            ": while it does not run, this computer cannot ask " + facts_.domain->name +
                            " who a user is, and users of the domain are turned away. Set its start type to automatic",
                        "Netlogon"};
        finding.evidence = {start ? label(keys::netlogon, "Start") + " = 4" : describe(start.error())};
        add(std::move(finding));
    }

    static std::string measured(const ClockOffset& clock) {
        return "SNTP " + clock.server + ": offset " + std::to_string(clock.offset.count()) + " ms, round trip " +
               std::to_string(clock.round_trip.count()) + " ms";
    }

    void judge_clock(const Result<ClockOffset>& clock) {
        if (!clock)
            return add(unknown(id, "clock of the domain controller", clock.error()));
        const auto distance = std::chrono::abs(clock->offset);
        if (distance <= context_.limits.clock_offset_warn)
            return;
        const bool fails = distance > context_.limits.clock_offset_fail;
        const std::string amount = std::to_string(distance.count() / 1000) + " s";
        add({"access.clock_offset",
             fails ? Severity::critical : Severity::warning,
             "the clock of this computer is " + amount + (clock->offset.count() > 0 ? " behind " : " ahead of ") +
                 clock->server +
                 (fails ? ": Kerberos refuses logons. Check the Windows Time service (w32tm /resync)"
                        : ". Kerberos refuses logons from five minutes on"),
             clock->server,
             {measured(*clock)}});
    }

    const Facts& facts_;
    const JudgeContext& context_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> judge(const Facts& facts, const JudgeContext& context) { return Judge(facts, context).findings(); }

} // namespace rdpmedic::access
