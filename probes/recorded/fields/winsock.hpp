// Which members has each fact of the Winsock catalogue? Those of facts/winsock.hpp.
#pragma once

#include "probes/facts/winsock.hpp"
#include "probes/recorded/fields/basic.hpp"

namespace rdpmedic::recorded {

template <class V, Is<WinsockEntry> T>
void fields(V& visit, T& facts) {
    auto& [id, chain_length, chain, family, socket_type, protocol, provider_flags, name, path] = facts;
    visit("id", id), visit("chain_length", chain_length), visit("chain", chain), visit("family", family);
    visit("socket_type", socket_type), visit("protocol", protocol), visit("provider_flags", provider_flags);
    visit("name", name), visit("path", path);
}

template <class V, Is<NamespaceEntry> T>
void fields(V& visit, T& facts) {
    auto& [name, path, active] = facts;
    visit("name", name), visit("path", path), visit("active", active);
}

template <class V, Is<WinsockCatalog> T>
void fields(V& visit, T& facts) {
    auto& [protocols, protocols_32, namespaces] = facts;
    visit("protocols", protocols), visit("protocols_32", protocols_32), visit("namespaces", namespaces);
}

} // namespace rdpmedic::recorded
