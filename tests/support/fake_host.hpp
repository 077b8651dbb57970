// A host made of maps, for tests: what is not put in does not exist, and any read can be made to fail.
#pragma once

#include "probes/host.hpp"
#include "probes/recorded/reads.hpp"

#include <algorithm>
#include <any>
#include <map>
#include <set>

namespace rdpmedic::testing {

// Answers only what was given by the name of the read, as in a recording: give("adapters", ...), give("process 4",
// ...).
class GivenAnswers : public Host {
  public:
    template <class T>
    void give(const std::string& read, T answer) { // the last one counts
        answers_.erase(recorded::fold_case(read));
        errors_.erase(recorded::fold_case(read));
        if constexpr (std::is_same_v<T, Error>)
            errors_[recorded::fold_case(read)] = std::move(answer);
        else
            answers_[recorded::fold_case(read)] = std::move(answer);
    }

    Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const override {
        return answer<RegistryValue>(recorded::read_name("registry_value", key, name));
    }
#define RDPMEDIC_READ(name, ...)                                                                                       \
    Result<__VA_ARGS__> name() const override { return answer<__VA_ARGS__>(#name); }
#define RDPMEDIC_READ_OF(name, Argument, ...)                                                                          \
    Result<__VA_ARGS__> name(Argument about) const override {                                                          \
        return answer<__VA_ARGS__>(recorded::read_name(#name, about));                                                 \
    }
#include "probes/host_reads.inc"
#undef RDPMEDIC_READ
#undef RDPMEDIC_READ_OF

  private:
    template <class T>
    Result<T> answer(const std::string& read) const {
        const std::string key = recorded::fold_case(read);
        if (const auto error = errors_.find(key); error != errors_.end())
            return error->second;
        if (const auto found = answers_.find(key); found != answers_.end())
            return std::any_cast<T>(found->second); // throws where a test gave another type
        return Error{Errc::unsupported, 0, "not in this fake: " + read};
    }

    std::map<std::string, std::any> answers_;
    std::map<std::string, Error> errors_;
};

class FakeHost : public GivenAnswers {
  public:
    Time time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 15}};
    std::map<std::string, std::map<std::string, RegistryValue>> registry; // keys and names in lower case
    std::map<std::string, Bytes> registry_descriptors;                    // keys in lower case
    std::map<std::string, ServiceFacts> services;                         // names in lower case
    std::map<std::string, std::vector<StoreCertificate>> stores;
    std::map<std::string, FileFacts> files; // paths in lower case, as asked for
    std::map<std::string, Bytes> file_descriptors;
    std::map<std::string, std::vector<std::string>> folders;
    Result<std::vector<Session>> session_list = std::vector<Session>{};
    Result<WinsockCatalog> catalog = WinsockCatalog{};
    Result<std::vector<TcpListener>> listeners = std::vector<TcpListener>{};
    Result<FirewallProfiles> profiles = FirewallProfiles{};
    Result<HandshakeFacts> handshake = Error{Errc::unsupported, 0, "no handshake in this fake"};
    // Reads that fail: "registry_value HKLM\...: name", "service TermService", "certificates My", "file PATH" ...
    std::map<std::string, Error> failures;

    void set(const RegistryPath& key, std::string_view name, RegistryValue value) {
        registry[lower(key.key)][std::string(name)] = std::move(value);
    }
    void set_dword(const RegistryPath& key, std::string_view name, std::uint32_t value) { set(key, name, {4, value}); }
    void set_text(const RegistryPath& key, std::string_view name, std::string value) {
        set(key, name, {1, std::move(value)});
    }
    void fail(const std::string& read, Error error) { failures[lower(read)] = std::move(error); }

    static std::string lower(std::string_view text) {
        std::string result(text);
        std::transform(result.begin(), result.end(), result.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        return result;
    }

    Result<Time> now() const override { return time; }
    Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const override {
        const std::string read = "registry_value HKLM\\" + key.key + ": " + std::string(name);
        if (const Error* error = failure(read))
            return *error;
        const auto found = registry.find(lower(key.key));
        if (found != registry.end())
            for (const auto& [candidate, value] : found->second)
                if (lower(candidate) == lower(name))
                    return value;
        return absent(read);
    }
    Result<std::map<std::string, RegistryValue>> registry_values(const RegistryPath& key) const override {
        return find("registry_values HKLM\\" + key.key, registry, lower(key.key));
    }
    Result<std::vector<std::string>> registry_subkeys(const RegistryPath& key) const override {
        const std::string read = "registry_subkeys HKLM\\" + key.key, prefix = lower(key.key) + "\\";
        if (const Error* error = failure(read))
            return *error;
        std::set<std::string> names;
        bool exists = registry.count(lower(key.key)) != 0;
        for (const auto& [path, values] : registry)
            if (path.compare(0, prefix.size(), prefix) == 0) {
                exists = true;
                names.insert(path.substr(prefix.size(), path.find('\\', prefix.size()) - prefix.size()));
            }
        if (!exists)
            return absent(read);
        return std::vector<std::string>(names.begin(), names.end());
    }
    Result<Bytes> registry_security(const RegistryPath& key) const override {
        return find("registry_security HKLM\\" + key.key, registry_descriptors, lower(key.key));
    }
    Result<ServiceFacts> service(std::string_view name) const override {
        return find("service " + std::string(name), services, lower(name));
    }
    Result<std::vector<StoreCertificate>> certificates(std::string_view store) const override {
        return find("certificates " + std::string(store), stores, std::string(store));
    }
    Result<FileFacts> file(std::string_view path) const override {
        return find("file " + std::string(path), files, lower(path));
    }
    Result<Bytes> file_security(std::string_view path) const override {
        return find("file_security " + std::string(path), file_descriptors, lower(path));
    }
    Result<std::vector<std::string>> folder(std::string_view path) const override {
        return find("folder " + std::string(path), folders, lower(path));
    }
    Result<std::vector<Session>> sessions() const override { return session_list; }
    Result<WinsockCatalog> winsock_catalog() const override { return catalog; }
    Result<std::vector<TcpListener>> tcp_listeners() const override { return listeners; }
    Result<FirewallProfiles> active_firewall_profiles() const override { return profiles; }
    Result<HandshakeFacts> rdp_handshake(const Endpoint&) const override { return handshake; }

  private:
    static Error absent(const std::string& read) { return {Errc::not_found, 2, read}; }
    const Error* failure(const std::string& read) const {
        const auto found = failures.find(lower(read));
        return found == failures.end() ? nullptr : &found->second;
    }
    template <class Map>
    Result<typename Map::mapped_type> find(const std::string& read, const Map& map, const std::string& key) const {
        if (const Error* error = failure(read))
            return *error;
        const auto found = map.find(key);
        if (found == map.end())
            return absent(read);
        return found->second;
    }
};

} // namespace rdpmedic::testing
