// Does this host offer RDP over UDP beside TCP, and how is that switched?
#pragma once

#include "agent/repair/plan.hpp"
#include "probes/registry.hpp"

namespace rdpmedic {

// What the switch stands on.
struct TransportFacts {
    Result<std::uint32_t> select_transport = Error{Errc::unsupported, 0, "not read"}; // of the policy key
    std::vector<RegistryPath> missing;    // the policy key and those above it that do not exist, outermost first
    std::optional<Error> unread;          // of those keys
    Result<bool> in_local_policy = false; // does the policy file of this host set it; asked only where it is set
};
// Blocks as the host does; what could not be read is inside.
TransportFacts collect_transport(const Host& host);

// The option `udp` says "off" or "on"; without it there is nothing to do, and the plan says so. Off: SelectTransport
// becomes 1, for new connections. On: a value of 1 is deleted, unless the policy file of this host sets it. Any other
// value is somebody's policy, and is named and left. Pure.
Plan plan_transport(const TransportFacts& facts, const Options& options);

} // namespace rdpmedic
