// What would let RDP through the Windows Firewall, and through nothing more of it?
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/firewall.hpp"
#include "probes/interference.hpp"

namespace rdpmedic {

// The rules of TermService that Windows ships, by the names of their registry values. The rule for shadowing sessions
// is none of them: nobody needs it to connect.
inline constexpr const char* built_in_tcp_rule = "RemoteDesktop-UserMode-In-TCP";
inline constexpr const char* built_in_udp_rule = "RemoteDesktop-UserMode-In-UDP";

struct FirewallPlanInput {
    const firewall::Facts& facts;
    const std::vector<Finding>& findings;               // of the firewall, and of the value that ends MpsSvc
    const std::map<std::string, std::string>& built_in; // the two rules as they stand, by id; those that exist
    const Options& options;
};

// Pure. Rungs: start BFE and MpsSvc, with the value gone that ends MpsSvc; enable the built-in rules that concern the
// listener's port on the profiles that are active and closed, and add rules of our own where those do not do. A Public
// profile that is active is opened only with the option public_profile. Foreign rules, profile settings and what a
// policy says are named and left as they are.
Plan plan_firewall(const FirewallPlanInput& input);

// "rdpmedic RDP TCP 3390".
std::string own_rule_name(std::uint8_t protocol, std::uint16_t port);

} // namespace rdpmedic
