// A host made of maps, for tests: what is not put in does not exist, and any read can be made to fail.
#pragma once

#include "probes/host.hpp"
#include "probes/registry.hpp"

#include <any>
#include <map>
#include <string>
#include <type_traits>
#include <utility>

namespace rdpmedic::testing {

// Answers only what was given by the name of the read, as in a recording: give("adapters", ...), give("process 4",
// ...).
class GivenAnswers : public Host {
  public:
    template <class T>
    void give(const std::string& read, T answer) { // the last one counts
        if constexpr (std::is_same_v<T, Error>)
            give_error(read, std::move(answer));
        else
            give_answer(read, std::any(std::move(answer)));
    }

    Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const override;
#define RDPMEDIC_READ(name, ...) Result<__VA_ARGS__> name() const override;
#define RDPMEDIC_READ_OF(name, Argument, ...) Result<__VA_ARGS__> name(Argument about) const override;
#include "probes/host_reads.inc"
#undef RDPMEDIC_READ
#undef RDPMEDIC_READ_OF

  private:
    void give_answer(const std::string& read, std::any answer);
    void give_error(const std::string& read, Error error);
    template <class T>
    Result<T> answer(const std::string& read) const; // defined beside the reads, which alone call it

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

    FakeHost();
    FakeHost(const FakeHost& other);
    FakeHost(FakeHost&& other) noexcept;
    FakeHost& operator=(const FakeHost& other);
    FakeHost& operator=(FakeHost&& other) noexcept;
    ~FakeHost() override;

    void set(const RegistryPath& key, std::string_view name, RegistryValue value);
    void set_dword(const RegistryPath& key, std::string_view name, std::uint32_t value);
    void set_text(const RegistryPath& key, std::string_view name, std::string value);
    void fail(const std::string& read, Error error);

    static std::string lower(std::string_view text);

    Result<Time> now() const override;
    Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const override;
    Result<std::map<std::string, RegistryValue>> registry_values(const RegistryPath& key) const override;
    Result<std::vector<std::string>> registry_subkeys(const RegistryPath& key) const override;
    Result<Bytes> registry_security(const RegistryPath& key) const override;
    Result<ServiceFacts> service(std::string_view name) const override;
    Result<std::vector<StoreCertificate>> certificates(std::string_view store) const override;
    Result<FileFacts> file(std::string_view path) const override;
    Result<Bytes> file_security(std::string_view path) const override;
    Result<std::vector<std::string>> folder(std::string_view path) const override;
    Result<std::vector<Session>> sessions() const override;
    Result<WinsockCatalog> winsock_catalog() const override;
    Result<std::vector<TcpListener>> tcp_listeners() const override;
    Result<FirewallProfiles> active_firewall_profiles() const override;
    Result<HandshakeFacts> rdp_handshake(const Endpoint& target) const override;

  private:
    static Error absent(const std::string& read);
    const Error* failure(const std::string& read) const;
    template <class Map>
    Result<typename Map::mapped_type> find(const std::string& read, const Map& map, const std::string& key) const;
};

} // namespace rdpmedic::testing
