// What does the firewall's own log say about packets for RDP?
#include "probes/firewall_drops.hpp"

#include "probes/time_text.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::firewall {
namespace {

constexpr std::uint8_t tcp = 6, udp = 17;
constexpr std::size_t most_sources = 5; // that are named

// MEM: the value; its meaning is that of
// https://learn.microsoft.com/windows/win32/api/timezoneapi/ns-timezoneapi-time_zone_information
const RegistryPath time_zone{R"(SYSTEM\CurrentControlSet\Control\TimeZoneInformation)"};

// Findings that say why packets for RDP are dropped.
constexpr std::array<std::string_view, 12> explaining{
    "firewall.blocked_by_rule",      "firewall.block_all_inbound",       "firewall.local_rules_ignored",
    "firewall.rules_disabled",       "firewall.custom_port_not_allowed", "firewall.no_allow_rule",
    "firewall.restricted_addresses", "firewall.restricted_interfaces",   "firewall.requires_ipsec",
    "firewall.addresses_blocked",    "firewall.rule_not_understood",     "firewall.closed_by_template"};

// May a key of this name hold settings of the profile? firewall_settings says which counts.
bool may_hold(const ProfileKey& key, Profile profile) {
    switch (profile) {
    case Profile::domain:
        return key.name == "DomainProfile";
    case Profile::private_:
        return key.name == "PrivateProfile" || key.name == "StandardProfile";
    case Profile::public_:
        return key.name == "PublicProfile" || (key.name == "StandardProfile" && key.origin == Origin::group_policy);
    }
    return false;
}

// MEM: device management keeps these settings in a key Logging of its profiles, as the other stores do.
// A profile's key without a key Logging sets nothing, and is there all the same; so is that of another profile, which
// is not read.
std::vector<ProfileKey> logging_keys(const Host& host, const std::vector<ProfileKey>& profile_keys,
                                     const Result<FirewallProfiles>& active) {
    std::vector<ProfileKey> keys;
    for (const ProfileKey& key : profile_keys) {
        const bool wanted = std::any_of(every_profile.begin(), every_profile.end(), [&](Profile profile) {
            return may_be_active(active, profile) && may_hold(key, profile);
        });
        if (is_absent(key.values))
            continue;
        ProfileKey logging{key.origin, key.name, {key.key.key + R"(\Logging)"}, std::map<std::string, RegistryValue>{}};
        if (wanted)
            logging.values = host.registry_values(logging.key);
        if (is_absent(logging.values))
            logging.values = std::map<std::string, RegistryValue>{};
        keys.push_back(std::move(logging));
    }
    return keys;
}

Result<FirewallLog> read_log(const Host& host, const std::string& path) {
    const auto ends = host.file_ends(path);
    if (!ends)
        return ends.error();
    return parse_firewall_log(*ends, path);
}

bool is_for(const DroppedPacket& packet, std::uint16_t port) { return packet.port == port && packet.begins; }

void add_log(std::vector<DropLog>& logs, const std::string& path, Profile profile) {
    const auto same =
        std::find_if(logs.begin(), logs.end(), [&](const DropLog& log) { return same_ignoring_case(log.path, path); });
    if (same != logs.end())
        same->profiles.push_back(profile);
    else
        logs.push_back({path, {profile}});
}

// Packets of one protocol within the window, of one log.
struct Count {
    std::uint8_t protocol = tcp;
    std::size_t packets = 0;
    Time last{}; // UTC
    std::map<std::string, std::size_t> sources;
};

std::string text_of(const Count& count, const DropQuestion& question, const JudgeContext& context) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(context.limits.evidence_window).count();
    std::vector<std::pair<std::size_t, std::string>> by_count;
    for (const auto& [address, packets] : count.sources)
        by_count.emplace_back(packets, address);
    std::sort(by_count.rbegin(), by_count.rend());
    std::string text = std::to_string(count.packets) + " dropped packet" + (count.packets == 1 ? "" : "s") + " to " +
                       (count.protocol == udp ? "UDP " : "TCP ") + std::to_string(question.port) + " within " +
                       std::to_string(minutes) + " minutes, the last at " + to_iso(count.last) + ", from " +
                       std::to_string(by_count.size()) + (by_count.size() == 1 ? " address" : " addresses");
    by_count.resize(std::min(by_count.size(), most_sources));
    for (std::size_t i = 0; i < by_count.size(); ++i)
        text += (i == 0 ? ": " : ", ") + by_count[i].second + " (" + std::to_string(by_count[i].first) + ")";
    return text;
}

class Judge {
  public:
    Judge(const DropFacts& facts, const DropQuestion& question, const JudgeContext& context,
          std::vector<Finding>& findings)
        : facts_(facts), question_(question), context_(context), findings_(findings) {}

    void run() {
        for (const auto& [profile, error] : facts_.unreadable)
            add(unknown("firewall", std::string("whether the ") + name_of(profile) + " profile logs what it drops",
                        error));
        for (const DropLog& log : facts_.logs) {
            if (is_unreadable(log.log))
                add(unknown("firewall", "the firewall's log " + log.path, log.log.error()));
            if (log.log && !judge_log(log))
                return;
        }
    }

  private:
    void add(Finding finding) { findings_.push_back(std::move(finding)); }

    // False where the time of the log means nothing.
    bool judge_log(const DropLog& log) {
        const auto& drops = log.log->drops;
        const bool any = std::any_of(drops.begin(), drops.end(),
                                     [&](const DroppedPacket& packet) { return is_for(packet, question_.port); });
        if (!any)
            return true;
        if (log.log->local_time && !facts_.bias) {
            add(unknown("firewall", "which packets in the firewall's log are recent", facts_.bias.error()));
            return false;
        }
        for (const std::uint8_t protocol : {tcp, udp}) {
            const Count count = count_of(log, protocol);
            if (count.packets > 0 && !explained(log, count) && question_.rdp_on)
                add_unexplained(log, count);
        }
        return true;
    }

    Count count_of(const DropLog& log, std::uint8_t protocol) const {
        const std::chrono::minutes bias{log.log->local_time ? static_cast<std::int32_t>(*facts_.bias) : 0};
        Count count{protocol, 0, {}, {}};
        for (const DroppedPacket& packet : log.log->drops) {
            const Time at = packet.at + bias;
            if (packet.protocol != protocol || !is_for(packet, question_.port) ||
                at < context_.now - context_.limits.evidence_window)
                continue;
            ++count.packets;
            ++count.sources[packet.source];
            count.last = std::max(count.last, at);
        }
        return count;
    }

    // Does a finding about a profile of this log say why? Then it gets the evidence.
    bool explained(const DropLog& log, const Count& count) {
        bool any = false;
        for (Finding& finding : findings_) {
            const bool same_profile = finding.subject == "every" ||
                                      std::any_of(log.profiles.begin(), log.profiles.end(),
                                                  [&](Profile profile) { return finding.subject == name_of(profile); });
            const bool says_why = std::find(explaining.begin(), explaining.end(), finding.code) != explaining.end() ||
                                  (count.protocol == udp && finding.code == "firewall.udp_not_allowed");
            if (!same_profile || !says_why)
                continue;
            finding.evidence.push_back(log.path + ": " + text_of(count, question_, context_));
            any = true;
        }
        return any;
    }

    // MEM: a packet to a port on which nobody listens is written down as dropped, too.
    void add_unexplained(const DropLog& log, const Count& count) {
        Finding finding{"firewall.drops_logged", Severity::info,
                        "the firewall's log has " + text_of(count, question_, context_) +
                            "; no rule that could be read explains it: the rules were changed meanwhile, filters "
                            "of another product drop them, or nobody listened then"};
        finding.subject = log.path;
        if (log.log->skipped > 0)
            finding.evidence.push_back(std::to_string(log.log->skipped) + " of " + std::to_string(log.log->lines) +
                                       " lines that were read do not fit #Fields");
        add(std::move(finding));
    }

    const DropFacts& facts_;
    const DropQuestion& question_;
    const JudgeContext& context_;
    std::vector<Finding>& findings_;
};

} // namespace

DropFacts collect_drops(const Host& host, const std::vector<ProfileKey>& profile_keys,
                        const Result<FirewallProfiles>& active, std::uint16_t port) {
    DropFacts facts;
    const auto keys = logging_keys(host, profile_keys, active);
    for (const Profile profile : every_profile) {
        if (!may_be_active(active, profile))
            continue;
        const DropLogging logging = drop_logging_of(keys, profile);
        if (!logging.on)
            facts.unreadable.emplace_back(profile, logging.on.error());
        else if (*logging.on && (*logging.on)->setting.value != 0 && !logging.path)
            facts.unreadable.emplace_back(profile, logging.path.error());
        else if (*logging.on && (*logging.on)->setting.value != 0)
            add_log(facts.logs, *logging.path, profile);
    }
    bool any = false;
    for (DropLog& log : facts.logs) {
        log.log = read_log(host, log.path);
        any = any || (log.log && std::any_of(log.log->drops.begin(), log.log->drops.end(),
                                             [&](const DroppedPacket& packet) { return is_for(packet, port); }));
    }
    if (any)
        facts.bias = read_dword(host, time_zone, "ActiveTimeBias");
    return facts;
}

void judge_drops(const DropFacts& facts, const DropQuestion& question, const JudgeContext& context,
                 std::vector<Finding>& findings) {
    Judge(facts, question, context, findings).run();
}

} // namespace rdpmedic::firewall
