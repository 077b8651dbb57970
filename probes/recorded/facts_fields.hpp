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

template <class V, Is<Session> T>
void fields(V& visit, T& facts) {
    auto& [id, state, station, user, domain, client, connected_at, disconnected_at, last_input, logged_on_at, now] =
        facts;
    visit("id", id), visit("state", state), visit("station", station), visit("user", user), visit("domain", domain);
    visit("client", client), visit("connected_at", connected_at), visit("disconnected_at", disconnected_at);
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
           first_bytes, detail, connect_time, negotiate_time, tls_time, local_address] = facts;
    visit("target", target), visit("address", address), visit("stage", stage), visit("failure_code", failure_code);
    visit("selected", selected), visit("response_flags", response_flags), visit("alert", alert);
    visit("tls_version", tls_version), visit("cipher", cipher), visit("certificate", certificate);
    visit("first_bytes", first_bytes), visit("detail", detail), visit("connect_time_ms", connect_time);
    visit("negotiate_time_ms", negotiate_time), visit("tls_time_ms", tls_time), visit("local_address", local_address);
}

template <class V, Is<FirewallProfiles> T>
void fields(V& visit, T& facts) {
    auto& [domain, private_, public_] = facts;
    visit("domain", domain), visit("private", private_), visit("public", public_);
}

} // namespace rdpmedic::recorded
