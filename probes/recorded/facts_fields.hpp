// Which members has each fact? Only facts_json.cpp includes this.
//
// Each structured binding names every member: a member added to facts.hpp breaks the build here until it is listed.
#pragma once

#include "probes/facts.hpp"

#include <type_traits>

namespace rdpmedic::recorded {

template <class T, class Facts>
concept Is = std::is_same_v<std::remove_const_t<T>, Facts>; // Facts or const Facts

template <class V, Is<RegistryPath> T>
void fields(V& visit, T& facts) {
    auto& [key] = facts;
    visit("key", key);
}

template <class V, Is<Error> T>
void fields(V& visit, T& facts) {
    auto& [code, native, where] = facts;
    visit("code", code), visit("native", native), visit("where", where);
}

template <class V, Is<ServiceFacts> T>
void fields(V& visit, T& facts) {
    auto& [name, state, start, type, process_id, services_in_process, exit_code, specific_exit_code, checkpoint,
           wait_hint, accepted, account, binary_path, depends_on, dependents] = facts;
    visit("name", name), visit("state", state), visit("start", start), visit("type", type);
    visit("process_id", process_id), visit("services_in_process", services_in_process);
    visit("exit_code", exit_code), visit("specific_exit_code", specific_exit_code);
    visit("checkpoint", checkpoint), visit("wait_hint", wait_hint), visit("accepted", accepted);
    visit("account", account), visit("binary_path", binary_path);
    visit("depends_on", depends_on), visit("dependents", dependents);
}

template <class V, Is<KeyLocation> T>
void fields(V& visit, T& facts) {
    auto& [container, provider, provider_type, machine_keyset, file] = facts;
    visit("container", container), visit("provider", provider), visit("provider_type", provider_type);
    visit("machine_keyset", machine_keyset), visit("file", file);
}

template <class V, Is<StoreCertificate> T>
void fields(V& visit, T& facts) {
    auto& [der, key, key_usable] = facts;
    visit("der", der), visit("key", key), visit("key_usable", key_usable);
}

template <class V, Is<FileFacts> T>
void fields(V& visit, T& facts) {
    auto& [path, size, directory, reparse_point] = facts;
    visit("path", path), visit("size", size), visit("directory", directory), visit("reparse_point", reparse_point);
}

template <class V, Is<FileEnds> T>
void fields(V& visit, T& facts) {
    auto& [size, head, tail] = facts;
    visit("size", size), visit("head", head), visit("tail", tail);
}

template <class V, Is<Session> T>
void fields(V& visit, T& facts) {
    auto& [id, state, station, user, domain, client, client_address, connected_at, disconnected_at, last_input,
           logged_on_at, now] = facts;
    visit("id", id), visit("state", state), visit("station", station), visit("user", user), visit("domain", domain);
    visit("client", client), visit("client_address", client_address);
    visit("connected_at", connected_at), visit("disconnected_at", disconnected_at);
    visit("last_input", last_input), visit("logged_on_at", logged_on_at), visit("now", now);
}

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

template <class V, Is<TcpListener> T>
void fields(V& visit, T& facts) {
    auto& [address, port, process_id, process] = facts;
    visit("address", address), visit("port", port), visit("process_id", process_id), visit("process", process);
}

template <class V, Is<Endpoint> T>
void fields(V& visit, T& facts) {
    auto& [host, port] = facts;
    visit("host", host), visit("port", port);
}

template <class V, Is<HandshakeFacts> T>
void fields(V& visit, T& facts) {
    auto& [target, address, stage, failure_code, selected, response_flags, alert, tls_version, cipher, certificate,
           first_bytes, detail, connect_time, negotiate_time, tls_time, local_address, resolve_time] = facts;
    visit("target", target), visit("address", address), visit("stage", stage), visit("failure_code", failure_code);
    visit("selected", selected), visit("response_flags", response_flags), visit("alert", alert);
    visit("tls_version", tls_version), visit("cipher", cipher), visit("certificate", certificate);
    visit("first_bytes", first_bytes), visit("detail", detail), visit("connect_time_ms", connect_time);
    visit("negotiate_time_ms", negotiate_time), visit("tls_time_ms", tls_time), visit("local_address", local_address);
    visit("resolve_time_ms", resolve_time);
}

template <class V, Is<FirewallProfiles> T>
void fields(V& visit, T& facts) {
    auto& [domain, private_, public_] = facts;
    visit("domain", domain), visit("private", private_), visit("public", public_);
}

template <class V, Is<ServiceSummary> T>
void fields(V& visit, T& facts) {
    auto& [name, display_name, type, state, process_id] = facts;
    visit("name", name), visit("display_name", display_name), visit("type", type), visit("state", state),
        visit("process_id", process_id);
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

template <class V, Is<EventPage> T>
void fields(V& visit, T& facts) {
    auto& [records, bookmark, more, restarted, damaged] = facts;
    visit("records", records), visit("bookmark", bookmark), visit("more", more), visit("restarted", restarted),
        visit("damaged", damaged);
}

template <class V, Is<MemoryFacts> T>
void fields(V& visit, T& facts) {
    auto& [commit_used, commit_limit, physical_total, physical_available, kernel_nonpaged, kernel_paged, handles,
           processes, threads] = facts;
    visit("commit_used", commit_used), visit("commit_limit", commit_limit), visit("physical_total", physical_total),
        visit("physical_available", physical_available), visit("kernel_nonpaged", kernel_nonpaged),
        visit("kernel_paged", kernel_paged), visit("handles", handles), visit("processes", processes),
        visit("threads", threads);
}

template <class V, Is<ProcessFacts> T>
void fields(V& visit, T& facts) {
    auto& [id, image, handles, private_bytes, started] = facts;
    visit("id", id), visit("image", image), visit("handles", handles), visit("private_bytes", private_bytes),
        visit("started", started);
}

template <class V, Is<VolumeFacts> T>
void fields(V& visit, T& facts) {
    auto& [path, size, available] = facts;
    visit("path", path), visit("size", size), visit("available", available);
}

template <class V, Is<SignatureFacts> T>
void fields(V& visit, T& facts) {
    auto& [status, signer, by_catalog] = facts;
    visit("status", status), visit("signer", signer), visit("by_catalog", by_catalog);
}

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

template <class V, Is<TlsTarget> T>
void fields(V& visit, T& facts) {
    auto& [endpoint, server_name] = facts;
    visit("endpoint", endpoint), visit("server_name", server_name);
}

template <class V, Is<TlsFacts> T>
void fields(V& visit, T& facts) {
    auto& [target, address, chain, tls_version, cipher, alert, problem] = facts;
    visit("target", target), visit("address", address), visit("chain", chain), visit("tls_version", tls_version),
        visit("cipher", cipher), visit("alert", alert), visit("problem", problem);
}

} // namespace rdpmedic::recorded
