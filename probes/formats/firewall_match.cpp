// Does one firewall rule concern a connection: not at all, for some, for everybody, or can nobody say?
#include "probes/formats/firewall_match.hpp"

#include <algorithm>
#include <charconv>

namespace rdpmedic::firewall {
namespace {

bool covers(const std::vector<PortRange>& ranges, std::uint16_t port) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const PortRange& range) { return range.first <= port && port <= range.last; });
}

// Windows writes the path with %SystemRoot%, %windir% or a drive letter, and with one or two backslashes.
bool is_svchost(std::string_view path) {
    std::string plain;
    for (const char c : path)
        if (c != '\\' || plain.empty() || plain.back() != '\\')
            plain += c;
    constexpr std::string_view end = R"(\system32\svchost.exe)";
    if (plain.size() < end.size() ||
        !same_ignoring_case(std::string_view(plain).substr(plain.size() - end.size()), end))
        return false;
    const std::string_view root = std::string_view(plain).substr(0, plain.size() - end.size());
    return same_ignoring_case(root, "%SystemRoot%") || same_ignoring_case(root, "%windir%") ||
           (root.size() == 10 && same_ignoring_case(root.substr(1), R"(:\Windows)"));
}

bool concerns_program(const FirewallRule& rule, const Connection& connection) {
    const bool any_service = rule.service.empty() || rule.service == "*";
    if (same_ignoring_case(rule.program, "System"))
        return connection.kernel_listener && any_service;
    return (rule.program.empty() || is_svchost(rule.program)) &&
           (any_service || same_ignoring_case(rule.service, "TermService"));
}

// 0.0.0.0-255.255.255.255 and ::/0 are written for "any" by some tools.
bool is_everyone(const RuleField& address) {
    return address.value == "0.0.0.0/0" || address.value == "0.0.0.0/0.0.0.0" ||
           address.value == "0.0.0.0-255.255.255.255" || address.value == "::/0";
}

void add(std::string& list, const RuleField& field) {
    if (!list.empty())
        list += ", ";
    list += field.token + "=" + field.value;
}

enum class Effect { none, never, interfaces, ipsec, unclear };

// What a condition does to a TCP connection from an ordinary client to TermService, which runs as NetworkService.
Effect effect_of(const RuleField& condition) {
    const auto is = [&](std::string_view token) { return condition.token == token; };
    // Flags that widen what reaches the rule, or concern outbound traffic and ICMP.
    if (is("Edge") || is("Defer") || is("LSM") || is("PCross") || is("AuthByPassOut") || is("ICMP4") || is("ICMP6"))
        return Effect::none;
    if (is("Platform") || is("Platform2"))
        return Effect::none; // judged together, below
    if (is("IF") || is("IFType"))
        return Effect::interfaces;
    if (is("Security") || is("Security2_9") || is("Security2") || is("RMAuth") || is("RUAuth"))
        return Effect::ipsec;
    // Traffic of an application package, of a tagged feature (Wi-Fi Direct, sharing), or mapped locally only.
    if (is("AppPkgId") || is("PFN") || is("TTK") || is("TTK2_22") || is("TTK2_27") || is("TTK2_28"))
        return Effect::never;
    if (is("LOM"))
        return same_ignoring_case(condition.value, "TRUE") ? Effect::never : Effect::none;
    // S-1-5-20 is NetworkService; S-1-1-0 everyone.
    if (is("LUOwn"))
        return condition.value == "S-1-5-20" || condition.value == "S-1-1-0" ? Effect::none : Effect::never;
    return Effect::unclear; // LUAuth, SkipVer, NNm, SecurityRealmId
}

// Platform=2:6:2 is Windows NT 6.2; Platform2=GTEQ makes the last entry "or newer".
// https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas/2efe0b76-7b4a-41ff-9050-1023f8196d16
std::optional<bool> fits_platform(const FirewallRule& rule, const Connection& connection) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> versions;
    bool or_newer = false;
    for (const RuleField& condition : rule.conditions) {
        if (condition.token == "Platform2")
            or_newer = true;
        if (condition.token != "Platform")
            continue;
        const std::string& text = condition.value;
        const std::size_t first = text.find(':'), second = text.find(':', first + 1);
        if (first == text.npos || second == text.npos)
            return std::nullopt;
        std::uint32_t major = 0, minor = 0;
        const char* end = text.data() + text.size();
        if (std::from_chars(text.data() + first + 1, text.data() + second, major).ptr != text.data() + second ||
            std::from_chars(text.data() + second + 1, end, minor).ptr != end)
            return std::nullopt;
        versions.emplace_back(major, minor);
    }
    if (versions.empty())
        return true;
    if (!connection.windows)
        return std::nullopt;
    if (or_newer && *connection.windows >= versions.back())
        return true;
    return std::find(versions.begin(), versions.end(), *connection.windows) != versions.end();
}

bool concerns_ports(const FirewallRule& rule, const Connection& connection) {
    if (rule.protocol && *rule.protocol != connection.protocol)
        return false;
    const bool any_port = rule.local_ports.empty() && rule.local_port_keywords.empty();
    return any_port || covers(rule.local_ports, connection.port);
}

// The limits of a rule that concerns the connection, by their kind.
struct Limits {
    std::string addresses, interfaces, ipsec, unclear;
    bool never = false;
};

Limits limits_of(const FirewallRule& rule, const Connection& connection) {
    Limits limits;
    const auto& remote = rule.remote_addresses;
    if (!std::any_of(remote.begin(), remote.end(), is_everyone))
        for (const RuleField& address : remote)
            add(limits.addresses, address);
    for (const RuleField& address : rule.local_addresses)
        add(limits.addresses, address);
    if (!rule.remote_ports.empty() || !rule.remote_port_keywords.empty())
        add(limits.addresses, {"RPort", rule.remote_ports.empty() ? rule.remote_port_keywords.front()
                                                                  : std::to_string(rule.remote_ports.front().first)});
    for (const RuleField& condition : rule.conditions)
        switch (effect_of(condition)) {
        case Effect::none:
            break;
        case Effect::never:
            limits.never = true;
            break;
        case Effect::interfaces:
            add(limits.interfaces, condition);
            break;
        case Effect::ipsec:
            add(limits.ipsec, condition);
            break;
        case Effect::unclear:
            add(limits.unclear, condition);
            break;
        }
    const std::optional<bool> fits = fits_platform(rule, connection);
    if (!fits)
        add(limits.unclear, {"Platform", "of a Windows version that could not be compared"});
    if (fits && !*fits)
        limits.never = true;
    if (rule.action == Action::bypass)
        add(limits.ipsec, {"Action", "ByPass"});
    return limits;
}

} // namespace

MatchResult match(const FirewallRule& rule, const Connection& connection) {
    if (rule.direction != Direction::in)
        return {};
    const bool concerned = concerns_ports(rule, connection) && concerns_program(rule, connection);
    const Limits limits = limits_of(rule, connection);
    if (limits.never)
        return {};
    if (rule.not_understood) {
        // An unknown port keyword may mean this port; an unknown token can only narrow what the others say.
        if (!concerned &&
            !(rule.unknown_port && rule.protocol == connection.protocol && concerns_program(rule, connection)))
            return {};
        return {Match::unclear, LimitKind::addresses, rule.not_understood->token + ": " + rule.not_understood->reason};
    }
    if (!concerned)
        return {};
    if (!limits.unclear.empty())
        return {Match::unclear, LimitKind::addresses, limits.unclear};
    if (!limits.ipsec.empty())
        return {Match::partly, LimitKind::ipsec, limits.ipsec};
    if (!limits.interfaces.empty())
        return {Match::partly, LimitKind::interfaces, limits.interfaces};
    if (!limits.addresses.empty())
        return {Match::partly, LimitKind::addresses, limits.addresses};
    return {Match::fully, LimitKind::addresses, {}};
}

Hints hints_of(std::string_view text) {
    const auto has = [&](std::string_view field) {
        for (std::size_t at = text.find('|'); at != text.npos; at = text.find('|', at + 1))
            if (same_ignoring_case(text.substr(at + 1, field.size()), field))
                return true;
        return false;
    };
    Hints hints;
    hints.active = has("Active=TRUE");
    hints.inbound = !has("Dir=Out");
    if (has("Action=Block"))
        hints.action = Action::block;
    if (has("Action=Allow"))
        hints.action = Action::allow;
    return hints;
}

} // namespace rdpmedic::firewall
