// Which members has each fact of groups, the domain and its clock? Those of facts/access.hpp.
#pragma once

#include "probes/facts/access.hpp"
#include "probes/recorded/fields/basic.hpp"

namespace rdpmedic::recorded {

template <class V, Is<GroupMember> T>
void fields(V& visit, T& facts) {
    auto& [sid, name] = facts;
    visit("sid", sid), visit("name", name);
}

template <class V, Is<DomainMembership> T>
void fields(V& visit, T& facts) {
    auto& [joined, name] = facts;
    visit("joined", joined), visit("name", name);
}

template <class V, Is<SecureChannel> T>
void fields(V& visit, T& facts) {
    auto& [domain_controller, status] = facts;
    visit("domain_controller", domain_controller), visit("status", status);
}

template <class V, Is<ClockOffset> T>
void fields(V& visit, T& facts) {
    auto& [server, offset, round_trip, stratum] = facts;
    visit("server", server), visit("offset_ms", offset), visit("round_trip_ms", round_trip), visit("stratum", stratum);
}

} // namespace rdpmedic::recorded
