// Whom do rules that block some addresses keep out: a list of strangers, or the clients?
#include "probes/firewall_blocks.hpp"

#include "probes/formats/ip_address.hpp"

#include <algorithm>
#include <charconv>

namespace rdpmedic::firewall {
namespace {

constexpr std::size_t shown_addresses = 3, shown_rules = 5;
constexpr std::uint64_t network = 256, half_of_ipv4 = std::uint64_t{1} << 31U; // addresses

// From the first address to the last; both of one kind.
struct Span {
    IpAddress first, last;
};

std::uint64_t number_of(const IpAddress& v4) {
    std::uint64_t number = 0;
    for (const std::uint8_t byte : v4.bytes)
        number = number << 8U | byte;
    return number;
}

// "24" or "255.255.255.0", as the bits that are the network's. Empty where the text is neither.
std::optional<IpAddress> mask_of(std::string_view text, std::size_t size) {
    if (const std::optional<IpAddress> mask = parse_ip_address(text))
        return mask->bytes.size() == size ? mask : std::nullopt;
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
    if (error != std::errc{} || end != text.data() + text.size() || bits > size * 8)
        return std::nullopt;
    IpAddress mask;
    for (std::size_t byte = 0; byte < size; ++byte) {
        const unsigned here = std::min(bits, 8U);
        mask.bytes.push_back(static_cast<std::uint8_t>(0xFF00U >> here));
        bits -= here;
    }
    return mask;
}

// One address, "first-last" or "address/mask":
// https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas/2efe0b76-7b4a-41ff-9050-1023f8196d16
// Empty for keywords.
std::optional<Span> span_of(std::string_view text) {
    const std::size_t dash = text.find('-'), slash = text.find('/');
    const auto first = parse_ip_address(text.substr(0, std::min(dash, slash)));
    if (!first)
        return std::nullopt;
    if (dash != text.npos) {
        const auto last = parse_ip_address(text.substr(dash + 1));
        return last && last->bytes.size() == first->bytes.size() ? std::optional(Span{*first, *last}) : std::nullopt;
    }
    Span span{*first, *first};
    if (slash == text.npos)
        return span;
    const auto mask = mask_of(text.substr(slash + 1), first->bytes.size());
    if (!mask)
        return std::nullopt;
    for (std::size_t byte = 0; byte < mask->bytes.size(); ++byte) {
        span.first.bytes[byte] &= mask->bytes[byte];
        span.last.bytes[byte] |= static_cast<std::uint8_t>(~mask->bytes[byte]);
    }
    return span;
}

bool holds_private_network(const Span& v4) {
    constexpr std::pair<std::uint64_t, std::uint64_t> ranges[] = {
        {0x0A000000, 0x0AFFFFFF}, {0xAC100000, 0xAC1FFFFF}, {0xC0A80000, 0xC0A8FFFF}}; // RFC 1918
    const std::uint64_t first = number_of(v4.first), last = number_of(v4.last);
    return std::any_of(std::begin(ranges), std::end(ranges), [&](const auto& range) {
        const std::uint64_t from = std::max(first, range.first), to = std::min(last, range.second);
        return to >= from && to - from + 1 >= network;
    });
}

// A /15 or more, or a whole network (/64) of addresses that are not routed over the internet.
bool is_wide_v6(const Span& span) {
    const auto [one, other] = std::mismatch(span.first.bytes.begin(), span.first.bytes.end(), span.last.bytes.begin());
    const auto same_bytes = one - span.first.bytes.begin();
    const bool local = span.first.is_private() || span.first.is_link_local();
    return same_bytes < 2 || (local && same_bytes <= 8);
}

// These name servers of this host and no clients.
bool names_a_server(std::string_view keyword) {
    for (const std::string_view one : {"DNS", "DHCP", "WINS", "DefaultGateway"})
        if (same_ignoring_case(keyword, one))
            return true;
    return false;
}

std::string listed(const std::vector<RuleField>& addresses) {
    std::string text;
    for (std::size_t i = 0; i < std::min(addresses.size(), shown_addresses); ++i)
        text += (i == 0 ? "" : ", ") + addresses[i].value;
    return text + (addresses.size() > shown_addresses ? ", ..." : "");
}

} // namespace

bool is_block_of_addresses(const Limit& limit) noexcept {
    return limit.action == Action::block && limit.kind == LimitKind::addresses && !limit.addresses.empty();
}

const char* words_of_addresses(const std::vector<Limit>& limits) {
    const auto any = [&limits](bool blocks, bool of_clients) {
        return std::any_of(limits.begin(), limits.end(), [=](const Limit& limit) {
            return limit.kind == LimitKind::addresses && (limit.action == Action::block) == blocks &&
                   limit.addresses.empty() != of_clients;
        });
    };
    if (any(false, true))
        return "for some addresses only: clients elsewhere get no answer";
    if (any(false, false))
        return "at some addresses of this host or from some ports of clients only: others get no answer";
    return "except at some addresses of this host or from some ports of clients: who comes that way gets no answer";
}

bool is_wide_block(const std::vector<RuleField>& addresses) {
    std::uint64_t sum = 0;
    for (const RuleField& address : addresses) {
        const std::optional<Span> span = span_of(address.value);
        if (!span) {
            if (!names_a_server(address.value))
                return true;
            continue;
        }
        if (!span->first.is_v4()) {
            if (is_wide_v6(*span))
                return true;
            continue;
        }
        if (holds_private_network(*span))
            return true;
        if (number_of(span->last) >= number_of(span->first))
            sum += number_of(span->last) - number_of(span->first) + 1;
    }
    return sum >= half_of_ipv4;
}

std::optional<Finding> judge_blocks(const Verdict& verdict, const std::string& profile, const std::string& port) {
    std::vector<RuleField> all;
    Finding finding{"firewall.addresses_blocked", Severity::info, ""};
    finding.subject = profile;
    std::size_t rules = 0;
    for (const Limit& limit : verdict.limits) {
        if (!is_block_of_addresses(limit))
            continue;
        all.insert(all.end(), limit.addresses.begin(), limit.addresses.end());
        if (++rules <= shown_rules)
            finding.evidence.push_back(
                label(limit.rule.store, limit.rule.id) + " (" + name_of(limit.rule.origin) +
                "): " + std::to_string(limit.addresses.size()) +
                (limit.addresses.size() == 1 ? " address or range, " : " addresses or ranges, ") +
                listed(limit.addresses));
        if (finding.policy.empty() && limit.rule.origin != Origin::local)
            finding.policy = label(limit.rule.store, limit.rule.id);
    }
    if (rules == 0)
        return std::nullopt;
    if (rules > shown_rules)
        finding.evidence.push_back("and " + std::to_string(rules - shown_rules) +
                                   (rules - shown_rules == 1 ? " more rule" : " more rules"));
    finding.text = port + " is let in on the " + profile + " profile, and not for these addresses: " + listed(all) +
                   " (" + std::to_string(all.size()) + " in " + std::to_string(rules) +
                   (rules == 1 ? " rule)" : " rules)") + "; a client that has one of them gets no answer";
    if (is_wide_block(all)) {
        finding.severity = Severity::warning;
        finding.text += ". They hold whole networks, and clients may be among them";
    }
    return finding;
}

} // namespace rdpmedic::firewall
