// How is a read called in a recording? The recording and the recorded host must agree on it.
#pragma once

#include "probes/host.hpp"
#include "probes/registry.hpp"

namespace rdpmedic::recorded {

// "registry_value HKLM\\SYSTEM\\...\\RDP-Tcp: PortNumber", "service TermService", "sessions": what is asked, then about
// what. Error messages and tests use the same words.
inline std::string read_name(const char* question, std::string_view object) {
    return std::string(question) + " " + std::string(object);
}
inline std::string read_name(const char* question, const RegistryPath& key) {
    return read_name(question, "HKLM\\" + key.key);
}
inline std::string read_name(const char* question, const RegistryPath& key, std::string_view name) {
    return read_name(question, label(key, name));
}
inline std::string read_name(const char* question, const Endpoint& endpoint) {
    return read_name(question, endpoint.host + ":" + std::to_string(endpoint.port));
}

inline std::string read_name(const char* question, const TlsTarget& target) {
    return read_name(question, target.endpoint) + " " + target.server_name;
}
// "full_echo 192.0.2.1 in 1500 bytes"
inline std::string read_name(const char* question, const FullEcho& request) {
    return read_name(question, request.address + " in " + std::to_string(request.packet) + " bytes");
}
inline std::string read_name(const char* question, std::uint32_t number) {
    return read_name(question, std::to_string(number));
}
inline std::string read_name(const char* question, const DnsQuestion& question_asked) {
    constexpr const char* types[] = {"A", "AAAA", "PTR", "SRV"};
    return read_name(question, std::string(types[static_cast<int>(question_asked.type)]) + " " + question_asked.name +
                                   (question_asked.servers_only ? " from the servers" : ""));
}
// By its name: where the last look ended must not matter to a recording.
inline std::string read_name(const char* question, const EventQuery& query) { return read_name(question, query.name); }

// Registry keys and values, services, stores and paths compare without case on Windows, and so do reads. ASCII only.
inline std::string fold_case(std::string_view text) { return lower(text); }

} // namespace rdpmedic::recorded
