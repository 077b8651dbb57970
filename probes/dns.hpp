// Does this host's own name lead to this host?
#pragma once

#include "probes/probe.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::dns {

using Answers = Result<std::vector<std::string>>;

// Where the DNS name of the domain is from.
enum class DomainSource { none, suffix, controller };

// Which DNS servers an adapter was set to by hand, and which DHCP gave it. Lists as in the registry.
struct SetServers {
    std::string adapter; // name
    bool dhcp = false;
    Result<std::string> by_hand = std::string(), by_dhcp = std::string(); // not_found: none
};

struct Facts {
    Result<HostNames> names = HostNames{};
    Result<std::vector<AdapterFacts>> adapters = std::vector<AdapterFacts>{};
    Result<DomainMembership> domain = DomainMembership{};
    std::string controller;  // of the secure channel, "dc01.example.local"; empty where there is none
    std::string domain_name; // DNS name of the domain, empty where this host is in none
    DomainSource domain_source = DomainSource::none;
    std::string own_name; // what clients would ask for; empty where this host has no DNS name
    Result<std::string> hosts_file = std::string();
    // What the configured servers say. Empty: not asked.
    std::optional<Answers> a, aaaa, locator;
    std::map<std::string, Answers> reverse;     // names by own address
    std::map<std::string, Answers> controllers; // addresses of those names of the domain that the hosts file has too
    // What this host itself gets, with its hosts file and its cache.
    std::optional<Answers> system_a, system_aaaa;
    // RegistrationEnabled; not_found: not set.
    Result<Setting> registration_policy = Error{Errc::not_found, 2, "not set"};
    std::vector<SetServers> set_servers; // of adapters in use; asked where a finding doubts the servers
};

// Does Windows register the name of this host by itself?
enum class Registration { on, off, off_by_policy, unknown };
Registration registration(const Facts& facts); // Pure.

// The addresses that lead to this host: of all adapters that are up, tunnels too (DirectAccess registers theirs),
// loopback apart.
std::vector<std::string> own_addresses(const std::vector<AdapterFacts>& adapters);
// The servers that somebody configured: without fec0:0:0:ffff::1 to ::3, which Windows fills in for want of any.
std::vector<std::string> configured_servers(const std::vector<AdapterFacts>& adapters);

// Asks at most nine questions, and no more after two went without an answer or half a minute is over, so that it
// blocks for less than a minute. A failed read is in the facts.
Result<Facts> collect(const Host& host);
// Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::dns
