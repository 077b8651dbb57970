// Which members has each fact of a role and of other products? Those of facts/roles.hpp.
#pragma once

#include "probes/facts/roles.hpp"
#include "probes/recorded/fields/basic.hpp"

namespace rdpmedic::recorded {

template <class V, Is<LicensingFacts> T>
void fields(V& visit, T& facts) {
    auto& [mode, type, type_name, grace_days, servers] = facts;
    visit("mode", mode), visit("type", type), visit("type_name", type_name), visit("grace_days", grace_days),
        visit("servers", servers);
}

template <class V, Is<GatewayUdp> T>
void fields(V& visit, T& facts) {
    auto& [enabled, port] = facts;
    visit("enabled", enabled), visit("port", port);
}

template <class V, Is<GatewayFacts> T>
void fields(V& visit, T& facts) {
    auto& [configured, certificate, ssl_bridging, udp] = facts;
    visit("configured", configured), visit("certificate", certificate), visit("ssl_bridging", ssl_bridging),
        visit("udp", udp);
}

template <class V, Is<HttpsBinding> T>
void fields(V& visit, T& facts) {
    auto& [address, port, certificate, store] = facts;
    visit("address", address), visit("port", port), visit("certificate", certificate), visit("store", store);
}

template <class V, Is<SecurityProduct> T>
void fields(V& visit, T& facts) {
    auto& [firewall, name, path, state] = facts;
    visit("firewall", firewall), visit("name", name), visit("path", path), visit("state", state);
}

template <class V, Is<FilterProvider> T>
void fields(V& visit, T& facts) {
    auto& [id, name, service] = facts;
    visit("id", id), visit("name", name), visit("service", service);
}

template <class V, Is<FilterCondition> T>
void fields(V& visit, T& facts) {
    auto& [field, match, numeric, low, high, text] = facts;
    visit("field", field), visit("match", match), visit("numeric", numeric);
    visit("low", low), visit("high", high), visit("text", text);
}

template <class V, Is<Filter> T>
void fields(V& visit, T& facts) {
    auto& [id, name, provider, ipv6, sublayer, weight, action, conditions] = facts;
    visit("id", id), visit("name", name), visit("provider", provider), visit("ipv6", ipv6);
    visit("sublayer", sublayer), visit("weight", weight), visit("action", action), visit("conditions", conditions);
}

template <class V, Is<FirewallProduct> T>
void fields(V& visit, T& facts) {
    auto& [name, path, categories] = facts;
    visit("name", name), visit("path", path), visit("categories", categories);
}

} // namespace rdpmedic::recorded
