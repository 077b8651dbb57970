// Does the Windows Firewall let RDP in on the profiles that are active?
#pragma once

#include "probes/firewall_admx.hpp"
#include "probes/firewall_drops.hpp"
#include "probes/formats/firewall_evaluation.hpp"
#include "probes/probe.hpp"

namespace rdpmedic::firewall {

// The rules of one store. not_found: the store does not exist, which is usual for those of policy.
struct StoreFacts {
    RuleStore store;
    Result<void> read;
    std::string subject{}; // what could not be read; empty for the rules of its origin
};

struct Facts {
    Result<ServiceFacts> firewall_service, filter_engine; // MpsSvc, BFE
    Result<Setting> rdp_denied;                           // fDenyTSConnections
    Result<std::uint32_t> port;                           // PortNumber of RDP-Tcp; not_found: 3389
    Result<FirewallProfiles> active;
    Result<std::uint32_t> policy_version;                    // of the host's own store: 0x20A is Windows 7
    Result<std::pair<std::uint32_t, std::uint32_t>> windows; // 6.1, 6.3, 10.0
    std::vector<StoreFacts> stores;
    std::vector<ProfileKey> profile_keys;
    // What MpsSvc declares beside BFE (mpsdrv); asked for only where it does not run.
    std::vector<std::pair<std::string, Result<ServiceFacts>>> dependencies{};
    // What they open is among the stores, too.
    std::vector<RemoteDesktopPolicy> policies{};
    DropFacts drops{}; // nothing, unless collect_all() has read it
};

// The store of the host itself: the one that a repair may change.
inline const RegistryPath local_rules{
    R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules)"};

// What clients ask of the firewall: TCP to the port of the listener. not_found never: without PortNumber it is 3389.
// An error: the port is not known, or no port.
Result<Connection> connection_of(const Facts& facts);
// All stores, for evaluate(). An error: one could not be read, so that a rule in it may be missing here.
Result<std::vector<RuleStore>> stores_of(const Facts& facts);
// May a rule of the host let the connection in on this profile: nothing but the lack of one keeps it out? Pure.
bool lacks_only_a_rule(const Verdict& verdict, const ProfileSettings& settings);

// Reads registry, services and active profiles. Blocks as the host does; a failed read is in the facts.
Result<Facts> collect(const Host& host);
// The same with what the firewall's log says, which is evidence alone: a repair has no use for it.
Result<Facts> collect_all(const Host& host);
// Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::firewall
