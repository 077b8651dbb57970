// What does the firewall's own log say about packets for RDP?
//
// Logging is off as Windows is installed, and then nothing is read but the setting. Evidence for what the rules say; a
// host that the internet can reach drops such packets all day.
#pragma once

#include "probes/formats/firewall_evaluation.hpp"
#include "probes/formats/firewall_log.hpp"
#include "probes/probe.hpp"

namespace rdpmedic::firewall {

// One log. Profiles may share it.
struct DropLog {
    std::string path; // as set
    std::vector<Profile> profiles;
    Result<FirewallLog> log = Error{Errc::unsupported, 0, "not read"}; // not_found: nothing was ever written
};

struct DropFacts {
    std::vector<std::pair<Profile, Error>> unreadable; // profiles whose settings could not be read
    std::vector<DropLog> logs;
    // ActiveTimeBias in minutes, as a signed number: UTC is the local time and this. Read where a log has a packet for
    // RDP; not_found: not asked.
    Result<std::uint32_t> bias = Error{Errc::not_found, 0, "not asked"};
};

// What is asked of the logs.
struct DropQuestion {
    std::uint16_t port = 0;
    bool rdp_on = true;
};

// Reads the key Logging of each profile that is active (all, where that is not known) and has a key of its own. Blocks
// as the host does; a failed read is in the facts.
DropFacts collect_drops(const Host& host, const std::vector<ProfileKey>& profile_keys,
                        const Result<FirewallProfiles>& active, std::uint16_t port);

// Adds what the logs say to the findings that explain it, as evidence, and findings of its own. Pure.
void judge_drops(const DropFacts& facts, const DropQuestion& question, const JudgeContext& context,
                 std::vector<Finding>& findings);

} // namespace rdpmedic::firewall
