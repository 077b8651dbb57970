// Does the Windows Firewall let a connection in, by which rule or setting, and does policy own it?
#include "probes/formats/firewall_evaluation.hpp"

#include "probes/formats/firewall_match.hpp"

namespace rdpmedic::firewall {
namespace {

std::string profile_names(std::uint8_t bits) {
    std::string names;
    for (const Profile profile : every_profile)
        if (bits & bit_of(profile))
            names += (names.empty() ? "" : ", ") + std::string(name_of(profile));
    return names;
}

// All rules that concern the connection, sorted by what they do to it.
struct Sorted {
    std::optional<RuleReference> block, allow, unclear_block, unclear_allow;
    std::vector<Limit> partial_blocks, partial_allows;
    std::vector<RuleReference> inactive, other_profiles;

    bool allows() const { return allow || !partial_allows.empty(); }
};

void sort_rule(Sorted& sorted, const RuleStore& store, const FirewallRule& rule, std::uint8_t bit,
               const Connection& connection) {
    const MatchResult result = match(rule, connection);
    if (result.match == Match::no)
        return;
    RuleReference reference{rule.id, store.origin, store.key, result.detail};
    const bool blocks = rule.action == Action::block;
    if (!rule.active || !(rule.profiles & bit)) {
        if (rule.active && rule.unknown_profile) {
            (blocks ? sorted.unclear_block : sorted.unclear_allow) = reference;
        } else if (rule.action == Action::allow && result.match != Match::unclear) {
            reference.detail = "for " + profile_names(rule.profiles);
            if (rule.active)
                sorted.other_profiles.push_back(reference);
            if (!rule.active && (rule.profiles & bit))
                sorted.inactive.push_back(reference);
        }
        return;
    }
    switch (result.match) {
    case Match::no:
        return;
    case Match::unclear:
        (blocks ? sorted.unclear_block : sorted.unclear_allow) = reference;
        return;
    case Match::partly:
        (blocks ? sorted.partial_blocks : sorted.partial_allows)
            .push_back({result.kind, reference, result.detail, rule.action,
                        result.kind == LimitKind::addresses ? rule.remote_addresses : std::vector<RuleField>{}});
        return;
    case Match::fully:
        if (auto& slot = blocks ? sorted.block : sorted.allow; !slot)
            slot = reference;
        return;
    }
}

void sort_refused(Sorted& sorted, const RuleStore& store, const RefusedRule& refused) {
    const Hints hints = hints_of(refused.text);
    if (!hints.active || !hints.inbound)
        return;
    const RuleReference reference{refused.id, store.origin, store.key,
                                  refused.error.token + ": " + refused.error.reason};
    if (hints.action != Action::allow)
        sorted.unclear_block = reference;
    if (hints.action != Action::block)
        sorted.unclear_allow = reference;
}

Sorted sort(const std::vector<RuleStore>& stores, bool local, Profile profile, const Connection& connection) {
    Sorted sorted;
    for (const RuleStore& store : stores) {
        if ((store.origin == Origin::local) != local)
            continue;
        for (const FirewallRule& rule : store.rules)
            sort_rule(sorted, store, rule, bit_of(profile), connection);
        for (const RefusedRule& refused : store.refused)
            sort_refused(sorted, store, refused);
    }
    return sorted;
}

// Policy first, so that it is named where both say the same.
Sorted merged(Sorted first, Sorted second) {
    const auto take = [](auto& to, auto& from) {
        if (!to)
            to = from;
    };
    const auto append = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    take(first.block, second.block);
    take(first.allow, second.allow);
    take(first.unclear_block, second.unclear_block);
    take(first.unclear_allow, second.unclear_allow);
    append(first.partial_blocks, second.partial_blocks);
    append(first.partial_allows, second.partial_allows);
    append(first.inactive, second.inactive);
    append(first.other_profiles, second.other_profiles);
    return first;
}

Verdict undecided(Verdict verdict, const Error& error) {
    verdict.reach = Reach::undecided;
    verdict.reason = Reason::setting_unreadable;
    verdict.error = error;
    return verdict;
}

Verdict decided(Verdict verdict, Reach reach, Reason reason, std::optional<RuleReference> rule = {},
                std::optional<ProfileSetting> setting = {}) {
    verdict.reach = reach;
    verdict.reason = reason;
    verdict.rule = std::move(rule);
    verdict.setting = std::move(setting);
    return verdict;
}

// Nothing allows it: would a rule of this host, were it not ignored; or what comes nearest?
Verdict without_allow(Verdict verdict, const Sorted& rules, const Sorted& ignored,
                      const std::optional<ProfileSetting>& merge) {
    if (rules.unclear_allow)
        return decided(verdict, Reach::undecided, Reason::rule_unclear, rules.unclear_allow);
    verdict.inactive = rules.inactive;
    verdict.other_profiles = rules.other_profiles;
    std::optional<RuleReference> useless = ignored.allow;
    if (!useless && !ignored.partial_allows.empty())
        useless = ignored.partial_allows.front().rule;
    if (!useless && !ignored.inactive.empty())
        useless = ignored.inactive.front();
    if (useless)
        return decided(verdict, Reach::blocked, Reason::local_ignored, useless, merge);
    return decided(verdict, Reach::blocked, Reason::no_allow);
}

} // namespace

std::uint8_t bit_of(Profile profile) noexcept {
    switch (profile) {
    case Profile::domain:
        return domain_profile;
    case Profile::private_:
        return private_profile;
    case Profile::public_:
        return public_profile;
    }
    return 0;
}

bool is_active(const FirewallProfiles& active, Profile profile) noexcept {
    switch (profile) {
    case Profile::domain:
        return active.domain;
    case Profile::private_:
        return active.private_;
    case Profile::public_:
        return active.public_;
    }
    return false;
}

bool may_be_active(const Result<FirewallProfiles>& active, Profile profile) noexcept {
    return !active || is_active(*active, profile);
}

Verdict evaluate(const std::vector<RuleStore>& stores, const ProfileSettings& settings, Profile profile,
                 const Connection& connection) {
    Verdict verdict;
    verdict.profile = profile;
    if (!settings.enable_firewall)
        return undecided(verdict, settings.enable_firewall.error());
    if (const auto& on = *settings.enable_firewall; on && on->setting.value == 0)
        return decided(verdict, Reach::open, Reason::firewall_off, {}, on);
    if (!settings.do_not_allow_exceptions)
        return undecided(verdict, settings.do_not_allow_exceptions.error());
    if (const auto& shields = *settings.do_not_allow_exceptions; shields && shields->setting.value != 0)
        return decided(verdict, Reach::blocked, Reason::all_blocked, {}, shields);
    if (!settings.allow_local_merge)
        return undecided(verdict, settings.allow_local_merge.error());
    const auto& merge = *settings.allow_local_merge;
    const bool ignore_local = merge && merge->setting.value == 0;

    const Sorted policy = sort(stores, false, profile, connection), local = sort(stores, true, profile, connection);
    const Sorted rules = ignore_local ? policy : merged(policy, local);
    if (rules.block)
        return decided(verdict, Reach::blocked, Reason::block_rule, rules.block);
    if (!settings.default_inbound_action)
        return undecided(verdict, settings.default_inbound_action.error());
    const auto& inbound = *settings.default_inbound_action;
    const bool open_by_default = inbound && inbound->setting.value == 0;
    if (!open_by_default && !rules.allows())
        return without_allow(verdict, rules, ignore_local ? local : Sorted{}, merge);
    if (rules.unclear_block)
        return decided(verdict, Reach::undecided, Reason::rule_unclear, rules.unclear_block);

    verdict.limits = rules.partial_blocks;
    if (open_by_default)
        return decided(verdict, Reach::open, Reason::default_allow, {}, inbound);
    if (rules.allow)
        return decided(verdict, Reach::open, Reason::allow_rule, rules.allow);
    verdict.limits.insert(verdict.limits.end(), rules.partial_allows.begin(), rules.partial_allows.end());
    return decided(verdict, Reach::open, Reason::allow_rule, rules.partial_allows.front().rule);
}

} // namespace rdpmedic::firewall
