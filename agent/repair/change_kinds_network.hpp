// Which kinds of change are there to the firewall, Winsock, DNS and adapters? Plain data.
#pragma once

#include "probes/facts.hpp"

#include <map>
#include <string>
#include <vector>

namespace rdpmedic {

// A key of the registry with everything below it.
struct RegistryTree {
    std::map<std::string, RegistryValue> values;
    std::map<std::string, RegistryTree> keys;
    friend bool operator==(const RegistryTree&, const RegistryTree&) = default;
};

// Switches one rule of the host's own store on or off, through the interface of Windows Firewall.
struct SetFirewallRule {
    std::string id;   // name of its registry value
    std::string rule; // the value as it stands, by which the rule is found; only Active= may differ when it is made
    bool active = true;
};
// A rule of our own: inbound, allow.
struct AddFirewallRule {
    std::string name;
    std::uint8_t protocol = 6; // 6 TCP, 17 UDP
    std::uint16_t port = 0;
    std::uint8_t profiles = 0; // bits of NET_FW_PROFILE_TYPE2
    std::string remote;        // "LocalSubnet" or addresses as INetFwRule takes them; empty: any
};
struct RemoveFirewallRule {
    AddFirewallRule added;
};

// What `netsh winsock reset` does; needs a restart of the machine.
struct ResetWinsock {};
struct RemoveWinsockProvider {
    std::uint32_t id = 0;
    std::string name;
};
// Both catalogues, the name spaces and their counters become what they were; effective after a restart of the machine.
struct RestoreWinsock {
    RegistryTree parameters; // of WinSock2\Parameters, by which it is done
    std::string dump;        // what `netsh winsock dump` said then: a script for a person
};

struct FlushDns {};
struct RegisterDns {};
// Asks the DHCP server of one adapter anew, without giving up the address first.
struct RenewLease {
    std::string adapter; // id as in AdapterFacts
    std::string name;
};
// Gives an adapter its address back, until it is configured anew, where it has lost it.
struct KeepAddress {
    std::string adapter;
    std::vector<std::string> addresses;
};

} // namespace rdpmedic
