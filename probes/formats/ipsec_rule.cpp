// What does the string of an IPsec connection-security rule say?
#include "probes/formats/ipsec_rule.hpp"

#include "probes/formats/firewall_tokens.hpp"

#include <algorithm>
#include <charconv>

namespace rdpmedic::firewall {
namespace {

constexpr std::uint8_t tcp = 6;

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t limit) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > limit)
        return std::nullopt;
    return value;
}

// "3389" or "3000-4000".
std::optional<PortRange> port_range(std::string_view text) {
    const std::size_t dash = text.find('-');
    const auto first = number(text.substr(0, dash), 65535);
    const auto last = dash == text.npos ? first : number(text.substr(dash + 1), 65535);
    if (!first || !last || *first > *last)
        return std::nullopt;
    return PortRange{static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
}

class Reader {
  public:
    Reader(std::string_view id, std::string_view text) : text_(text) { rule_.id = std::string(id); }

    IpsecRuleResult read() {
        std::size_t at = text_.find('|');
        if (at == text_.npos || text_.empty() || (text_[0] != 'v' && text_[0] != 'V') ||
            text_.substr(0, at).find('.') == text_.npos)
            return RuleError{0, std::string(text_.substr(0, 32)), "does not begin with a version: v2.10|"};
        for (++at; at < text_.size();) {
            const std::size_t bar = text_.find('|', at);
            const std::string_view whole = text_.substr(at, bar == text_.npos ? bar : bar - at);
            if (bar == text_.npos)
                return RuleError{at, std::string(whole), "the field has no closing |"};
            if (!read_field(at, whole))
                return error_;
            at = bar + 1;
        }
        if (!action_seen_)
            return RuleError{text_.size(), "Action", "the rule has no Action="};
        return rule_;
    }

  private:
    bool refuse(std::size_t at, std::string_view field, const char* reason) {
        error_ = {at, std::string(field), reason};
        return false;
    }

    bool read_field(std::size_t at, std::string_view whole) {
        const std::size_t equals = whole.find('=');
        // What has no "=" goes on with a name or description that holds a "|".
        if (equals == whole.npos)
            return in_free_text_ || refuse(at, whole, "the field has no =");
        const std::string_view token = whole.substr(0, equals), value = whole.substr(equals + 1);
        in_free_text_ = same_ignoring_case(token, "Name") || same_ignoring_case(token, "Desc") ||
                        same_ignoring_case(token, "EmbedCtxt");
        for (const IpsecToken& known : ipsec_tokens)
            if (same_ignoring_case(known.name, token))
                return read_value(known, value) || refuse(at, whole, "the value is none that the token has");
        if (!rule_.not_understood)
            rule_.not_understood = RuleError{at, std::string(whole), "the token is not known"};
        return true;
    }

    bool read_value(const IpsecToken& token, std::string_view value) {
        switch (token.kind) {
        case IpsecKind::action:
            return read_action(value);
        case IpsecKind::active:
            rule_.active = same_ignoring_case(value, "TRUE");
            return rule_.active || same_ignoring_case(value, "FALSE");
        case IpsecKind::profile:
            return read_profile(value);
        case IpsecKind::protocol: {
            const auto read = number(value, 255);
            if (read)
                rule_.protocol = static_cast<std::uint8_t>(*read);
            return read.has_value();
        }
        case IpsecKind::local_port:
            return read_port(value, rule_.local_ports);
        case IpsecKind::remote_port:
            return read_port(value, rule_.remote_ports);
        case IpsecKind::local_address:
            rule_.local_addresses.push_back({std::string(token.name), std::string(value)});
            return true;
        case IpsecKind::remote_address:
            rule_.remote_addresses.push_back({std::string(token.name), std::string(value)});
            return true;
        case IpsecKind::name:
            rule_.name = value;
            return true;
        case IpsecKind::condition:
            rule_.conditions.push_back({std::string(token.name), std::string(value)});
            return true;
        case IpsecKind::ignored:
            return true;
        }
        return true;
    }

    bool read_action(std::string_view value) {
        action_seen_ = true;
        constexpr std::pair<std::string_view, IpsecAction> actions[] = {{"Secure", IpsecAction::secure},
                                                                        {"SecureServer", IpsecAction::secure_server},
                                                                        {"Boundary", IpsecAction::boundary},
                                                                        {"DoNotSecure", IpsecAction::do_not_secure}};
        for (const auto& [name, action] : actions)
            if (same_ignoring_case(name, value)) {
                rule_.action = action;
                return true;
            }
        return false;
    }

    bool read_profile(std::string_view value) {
        constexpr std::pair<std::string_view, std::uint8_t> profiles[] = {
            {"Domain", domain_profile}, {"Private", private_profile}, {"Public", public_profile}};
        for (const auto& [name, bit] : profiles)
            if (same_ignoring_case(name, value)) {
                rule_.profiles = static_cast<std::uint8_t>((profile_seen_ ? rule_.profiles : 0) | bit);
                profile_seen_ = true;
                return true;
            }
        return false;
    }

    static bool read_port(std::string_view value, std::vector<PortRange>& ports) {
        const auto range = port_range(value);
        if (range)
            ports.push_back(*range);
        return range.has_value();
    }

    std::string_view text_;
    IpsecRule rule_;
    RuleError error_;
    bool action_seen_ = false, profile_seen_ = false, in_free_text_ = false;
};

} // namespace

IpsecRuleResult parse_ipsec_rule(std::string_view id, std::string_view text) { return Reader(id, text).read(); }

bool may_require_ipsec(std::string_view refused) {
    bool active = false, any_action = false, requires_it = false;
    for (std::size_t at = refused.find('|'); at != refused.npos; at = refused.find('|', at + 1)) {
        const std::string_view rest = refused.substr(at + 1);
        const std::string_view field = rest.substr(0, rest.find('|'));
        const std::size_t equals = field.find('=');
        if (equals == field.npos)
            continue;
        const std::string_view token = field.substr(0, equals), value = field.substr(equals + 1);
        if (same_ignoring_case(token, "Active"))
            active = active || !same_ignoring_case(value, "FALSE");
        if (!same_ignoring_case(token, "Action"))
            continue;
        any_action = true;
        requires_it =
            requires_it || (!same_ignoring_case(value, "DoNotSecure") && !same_ignoring_case(value, "Boundary"));
    }
    return active && (requires_it || !any_action);
}

IpsecVerdict demand_of(const IpsecRule& rule, std::uint16_t port) {
    if (!rule.active || rule.action == IpsecAction::boundary)
        return {};
    if (rule.protocol && *rule.protocol != tcp)
        return {};
    const auto covers = [&](const PortRange& range) { return range.first <= port && port <= range.last; };
    if (!rule.local_ports.empty() && std::none_of(rule.local_ports.begin(), rule.local_ports.end(), covers))
        return {};
    // A tunnel carries traffic between other networks; whether this connection is among it is not known here.
    const bool tunnel = std::any_of(rule.conditions.begin(), rule.conditions.end(), [](const RuleField& condition) {
        return condition.token.find("Tunnel") != condition.token.npos;
    });
    if (rule.not_understood || tunnel)
        return {rule.action == IpsecAction::do_not_secure ? IpsecDemand::none : IpsecDemand::unclear, false};
    const bool for_some = !rule.remote_addresses.empty() || !rule.local_addresses.empty() ||
                          !rule.remote_ports.empty() || !rule.conditions.empty();
    return {rule.action == IpsecAction::do_not_secure ? IpsecDemand::exempt : IpsecDemand::required, for_some};
}

} // namespace rdpmedic::firewall
