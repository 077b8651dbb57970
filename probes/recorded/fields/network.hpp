// Which members has each fact of the network? Those of facts/network.hpp.
#pragma once

#include "probes/facts/network.hpp"
#include "probes/recorded/fields/basic.hpp"

namespace rdpmedic::recorded {

template <class V, Is<TcpListener> T>
void fields(V& visit, T& facts) {
    auto& [address, port, process_id, process] = facts;
    visit("address", address), visit("port", port), visit("process_id", process_id), visit("process", process);
}

template <class V, Is<FirewallProfiles> T>
void fields(V& visit, T& facts) {
    auto& [domain, private_, public_] = facts;
    visit("domain", domain), visit("private", private_), visit("public", public_);
}

template <class V, Is<UdpEndpoint> T>
void fields(V& visit, T& facts) {
    auto& [address, port, process_id, process] = facts;
    visit("address", address), visit("port", port), visit("process_id", process_id), visit("process", process);
}

template <class V, Is<TcpConnection> T>
void fields(V& visit, T& facts) {
    auto& [local_address, local_port, remote_address, remote_port, state, process_id] = facts;
    visit("local_address", local_address), visit("local_port", local_port), visit("remote_address", remote_address),
        visit("remote_port", remote_port), visit("state", state), visit("process_id", process_id);
}

template <class V, Is<PortRange> T>
void fields(V& visit, T& facts) {
    auto& [first, last] = facts;
    visit("first", first), visit("last", last);
}

template <class V, Is<TcpCounters> T>
void fields(V& visit, T& facts) {
    auto& [segments_sent, segments_retransmitted, segments_received, errors_received, failed_attempts,
           resets_of_established] = facts;
    visit("segments_sent", segments_sent), visit("segments_retransmitted", segments_retransmitted),
        visit("segments_received", segments_received), visit("errors_received", errors_received),
        visit("failed_attempts", failed_attempts), visit("resets_of_established", resets_of_established);
}

template <class V, Is<TcpStatistics> T>
void fields(V& visit, T& facts) {
    auto& [v4, v6] = facts;
    visit("v4", v4), visit("v6", v6);
}

template <class V, Is<AdapterFacts> T>
void fields(V& visit, T& facts) {
    auto& [id, name, description, type, up, connected, hardware, mtu, speed, packets_in, packets_out, errors_in,
           errors_out, discards_in, discards_out, addresses, gateways, dns_servers, dns_suffix, dhcp,
           registers_in_dns] = facts;
    visit("id", id), visit("name", name), visit("description", description), visit("type", type), visit("up", up),
        visit("connected", connected), visit("hardware", hardware), visit("mtu", mtu), visit("speed", speed),
        visit("packets_in", packets_in), visit("packets_out", packets_out), visit("errors_in", errors_in),
        visit("errors_out", errors_out), visit("discards_in", discards_in), visit("discards_out", discards_out),
        visit("addresses", addresses), visit("gateways", gateways), visit("dns_servers", dns_servers),
        visit("dns_suffix", dns_suffix), visit("dhcp", dhcp), visit("registers_in_dns", registers_in_dns);
}

template <class V, Is<NetworkProfile> T>
void fields(V& visit, T& facts) {
    auto& [adapter, name, category] = facts;
    visit("adapter", adapter), visit("name", name), visit("category", category);
}

template <class V, Is<EchoFacts> T>
void fields(V& visit, T& facts) {
    auto& [address, sent, answered, average, longest] = facts;
    visit("address", address), visit("sent", sent), visit("answered", answered), visit("average_ms", average),
        visit("longest_ms", longest);
}

template <class V, Is<FullEchoFacts> T>
void fields(V& visit, T& facts) {
    auto& [sent, answered, too_big] = facts;
    visit("sent", sent), visit("answered", answered), visit("too_big", too_big);
}

template <class V, Is<PowerFacts> T>
void fields(V& visit, T& facts) {
    auto& [standby, hibernate, modern_standby] = facts;
    visit("standby", standby), visit("hibernate", hibernate), visit("modern_standby", modern_standby);
}

template <class V, Is<HostNames> T>
void fields(V& visit, T& facts) {
    auto& [computer, host, domain] = facts;
    visit("computer", computer), visit("host", host), visit("domain", domain);
}

} // namespace rdpmedic::recorded
