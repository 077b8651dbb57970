// What does the string of a Windows Firewall rule say?
#include "probes/formats/firewall_rule.hpp"

#include "probes/formats/firewall_tokens.hpp"

#include <algorithm>
#include <bitset>
#include <charconv>

namespace rdpmedic::firewall {
namespace {

constexpr std::uint8_t tcp = 6, udp = 17;

// A decimal number without sign or blanks, at most `limit`.
std::optional<std::uint32_t> number(std::string_view text, std::uint32_t limit) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > limit)
        return std::nullopt;
    return value;
}

template <class List>
bool is_one_of(const List& list, std::string_view value) {
    return std::any_of(list.begin(), list.end(),
                       [&](std::string_view word) { return same_ignoring_case(word, value); });
}

// 10.0.0.0, 10.0.0.0-10.0.0.9, 10.0.0.0/8, 10.0.0.0/255.0.0.0 and the same of IPv6: by their letters, because only
// "restricted to these" is ever concluded from an address, never whether it covers another.
bool looks_like_address(std::string_view value) {
    const bool letters = value.find_first_not_of("0123456789abcdefABCDEF.:/-%") == value.npos;
    return letters && value.find_first_of(".:") != value.npos;
}

class Reader {
  public:
    Reader(std::string_view id, std::string_view text, Grammar grammar) : text_(text), grammar_(grammar) {
        rule_.id = std::string(id);
    }

    RuleResult read() {
        if (!read_version() || !split_fields())
            return error_;
        for (const Field& field : fields_)
            if (!read_field(field))
                return error_;
        if (!seen("Action"))
            return missing("Action");
        if (!seen("Dir"))
            return missing("Dir");
        if (ports_without_protocol_ && !carries_ports()) {
            refuse(*ports_without_protocol_, "ports need Protocol=6 or Protocol=17");
            return error_;
        }
        return rule_;
    }

  private:
    struct Field {
        std::size_t offset;
        std::string_view token, value;
        std::string_view whole;
    };

    RuleError missing(std::string_view token) const {
        return {text_.size(), std::string(token), "the rule has no " + std::string(token) + "="};
    }
    bool refuse(const Field& field, std::string reason) {
        error_ = {field.offset, std::string(field.whole), std::move(reason)};
        return false;
    }
    // The first thing that is not known is enough: the rule cannot be decided where it matters.
    bool doubt(const Field& field, std::string reason) {
        if (!rule_.not_understood)
            rule_.not_understood = RuleError{field.offset, std::string(field.whole), std::move(reason)};
        return true;
    }

    bool read_version() {
        const std::size_t bar = text_.find('|'), dot = text_.find('.');
        const Field version{0, {}, {}, text_.substr(0, std::min(bar, text_.size()))};
        if (bar == text_.npos || dot > bar || !same_ignoring_case(text_.substr(0, 1), "v"))
            return refuse(version, "does not begin with a version: v2.10|");
        const auto major = number(text_.substr(1, dot - 1), 255),
                   minor = number(text_.substr(dot + 1, bar - dot - 1), 255);
        if (!major || !minor)
            return refuse(version, "the version is not two numbers up to 255");
        rule_.major = static_cast<std::uint8_t>(*major);
        rule_.minor = static_cast<std::uint8_t>(*minor);
        if (*major != 2)
            doubt(version, "only version 2 of the grammar is known");
        at_ = bar + 1;
        return true;
    }

    // Cuts at every "|". What has no "=" continues the field before it when that is free text.
    bool split_fields() {
        while (at_ < text_.size()) {
            const std::size_t bar = text_.find('|', at_);
            const std::string_view whole = text_.substr(at_, bar == text_.npos ? bar : bar - at_);
            if (bar == text_.npos)
                return refuse({at_, {}, {}, whole}, "the field has no closing |");
            const std::size_t equals = whole.find('=');
            if (equals != whole.npos) {
                fields_.push_back({at_, whole.substr(0, equals), whole.substr(equals + 1), whole});
            } else {
                if (fields_.empty() || !is_free_text(fields_.back().token))
                    return refuse({at_, {}, {}, whole}, "the field has no =");
                Field& last = fields_.back();
                last.whole = text_.substr(last.offset, bar - last.offset);
                last.value = last.whole.substr(last.token.size() + 1);
            }
            at_ = bar + 1;
        }
        return true;
    }

    static bool is_free_text(std::string_view token) {
        return same_ignoring_case(token, "Name") || same_ignoring_case(token, "Desc") ||
               same_ignoring_case(token, "EmbedCtxt");
    }

    bool seen(std::string_view name) const {
        for (std::size_t i = 0; i < tokens.size(); ++i)
            if (tokens[i].name == name)
                return seen_[i];
        return false;
    }

    bool read_field(const Field& field) {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (!same_ignoring_case(tokens[i].name, field.token))
                continue;
            if (seen_[i] && !tokens[i].repeats)
                return refuse(field, "the token occurs twice");
            seen_[i] = true;
            return read_value(tokens[i], field);
        }
        return doubt(field, "the token is not known");
    }

    bool read_value(const Token& token, const Field& field) {
        switch (token.kind) {
        case Kind::action:
            return read_action(field);
        case Kind::direction:
            return read_direction(field);
        case Kind::active:
            return read_active(field);
        case Kind::profile:
            return read_profile(field);
        case Kind::protocol:
            return read_protocol(field);
        case Kind::local_port:
            return read_port(field, rule_.local_ports, rule_.local_port_keywords);
        case Kind::remote_port:
            return read_port(field, rule_.remote_ports, rule_.remote_port_keywords);
        case Kind::local_address:
            return read_address(token, field, rule_.local_addresses);
        case Kind::remote_address:
            return read_address(token, field, rule_.remote_addresses);
        case Kind::program:
            return keep(rule_.program, field);
        case Kind::service:
            return keep(rule_.service, field);
        case Kind::name:
            return keep(rule_.name, field);
        case Kind::description:
            return keep(rule_.description, field);
        case Kind::group:
            return keep(rule_.group, field);
        case Kind::truth:
        case Kind::word:
        case Kind::text:
            return read_condition(token, field);
        }
        return doubt(field, "the token is not known");
    }

    static bool keep(std::string& text, const Field& field) {
        text = std::string(field.value);
        return true;
    }

    bool read_action(const Field& field) {
        if (same_ignoring_case(field.value, "Allow"))
            return rule_.action = Action::allow, true;
        if (same_ignoring_case(field.value, "Block"))
            return rule_.action = Action::block, true;
        if (same_ignoring_case(field.value, "ByPass"))
            return rule_.action = Action::bypass, true;
        return refuse(field, "the action is not Allow, Block or ByPass");
    }
    bool read_direction(const Field& field) {
        if (same_ignoring_case(field.value, "In"))
            return rule_.direction = Direction::in, true;
        if (same_ignoring_case(field.value, "Out"))
            return rule_.direction = Direction::out, true;
        return refuse(field, "the direction is not In or Out");
    }
    bool read_active(const Field& field) {
        if (same_ignoring_case(field.value, "TRUE"))
            return rule_.active = true;
        if (same_ignoring_case(field.value, "FALSE"))
            return true;
        return refuse(field, "Active is not TRUE or FALSE");
    }

    bool read_profile(const Field& field) {
        std::uint8_t bit = 0;
        if (same_ignoring_case(field.value, "Domain"))
            bit = domain_profile;
        if (same_ignoring_case(field.value, "Private"))
            bit = private_profile;
        if (same_ignoring_case(field.value, "Public"))
            bit = public_profile;
        if (bit == 0)
            return rule_.unknown_profile = doubt(field, "the profile is not known");
        rule_.profiles = static_cast<std::uint8_t>(named_profile_ ? rule_.profiles | bit : bit);
        return named_profile_ = true;
    }

    bool read_protocol(const Field& field) {
        const auto value = number(field.value, 255);
        if (!value)
            return refuse(field, "the protocol is not a number up to 255");
        rule_.protocol = static_cast<std::uint8_t>(*value);
        return true;
    }

    bool carries_ports() const { return rule_.protocol == tcp || rule_.protocol == udp; }

    bool read_port(const Field& field, std::vector<PortRange>& ports, std::vector<std::string>& keywords) {
        if (!carries_ports()) {
            if (grammar_ == Grammar::policy)
                return refuse(field, "ports need Protocol=6 or Protocol=17 before them");
            if (!ports_without_protocol_)
                ports_without_protocol_ = field;
        }
        const std::string_view value = field.value;
        if (value.empty() || value[0] < '0' || value[0] > '9') {
            keywords.emplace_back(value);
            if (is_one_of(port_keywords, value))
                return true;
            rule_.unknown_port = rule_.unknown_port || &keywords == &rule_.local_port_keywords;
            return doubt(field, "the port keyword is not known");
        }
        const std::size_t dash = value.find('-');
        const auto first = number(value.substr(0, dash), 65535);
        const auto last = dash == value.npos ? first : number(value.substr(dash + 1), 65535);
        if (!first || !last || *first > *last)
            return refuse(field, "not a port or a range of ports");
        ports.push_back({static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)});
        return true;
    }

    bool read_address(const Token& token, const Field& field, std::vector<RuleField>& addresses) {
        addresses.push_back({std::string(token.name), std::string(field.value)});
        if (looks_like_address(field.value) || is_one_of(address_keywords, field.value))
            return true;
        return doubt(field, "the address is not known");
    }

    bool read_condition(const Token& token, const Field& field) {
        rule_.conditions.push_back({std::string(token.name), std::string(field.value)});
        if (token.kind == Kind::text)
            return true;
        if (token.kind == Kind::truth)
            return same_ignoring_case(field.value, "TRUE") || same_ignoring_case(field.value, "FALSE") ||
                   doubt(field, "the value is not TRUE or FALSE");
        const bool known = std::any_of(words.begin(), words.end(), [&](const Word& word) {
            return word.token == token.name && same_ignoring_case(word.value, field.value);
        });
        return known || doubt(field, "the value is not known");
    }

    std::string_view text_;
    Grammar grammar_;
    std::size_t at_ = 0;
    std::vector<Field> fields_;
    std::bitset<tokens.size()> seen_;
    bool named_profile_ = false;
    std::optional<Field> ports_without_protocol_;
    FirewallRule rule_;
    RuleError error_;
};

} // namespace

RuleResult parse_firewall_rule(std::string_view id, std::string_view text, Grammar grammar) {
    return Reader(id, text, grammar).read();
}

} // namespace rdpmedic::firewall
