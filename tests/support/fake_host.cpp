// A host made of maps, for tests: what is not put in does not exist, and any read can be made to fail.
#include "tests/support/fake_host.hpp"

#include "probes/recorded/reads.hpp"

#include <algorithm>
#include <set>

namespace rdpmedic::testing {

void GivenAnswers::give_answer(const std::string& read, std::any answer) {
    const std::string key = recorded::fold_case(read);
    errors_.erase(key);
    answers_[key] = std::move(answer);
}

void GivenAnswers::give_error(const std::string& read, Error error) {
    const std::string key = recorded::fold_case(read);
    answers_.erase(key);
    errors_[key] = std::move(error);
}

template <class T>
Result<T> GivenAnswers::answer(const std::string& read) const {
    const std::string key = recorded::fold_case(read);
    if (const auto error = errors_.find(key); error != errors_.end())
        return error->second;
    if (const auto found = answers_.find(key); found != answers_.end())
        return std::any_cast<T>(found->second); // throws where a test gave another type
    return Error{Errc::unsupported, 0, "not in this fake: " + read};
}

Result<RegistryValue> GivenAnswers::registry_value(const RegistryPath& key, std::string_view name) const {
    return answer<RegistryValue>(recorded::read_name("registry_value", key, name));
}
#define RDPMEDIC_READ(name, ...)                                                                                       \
    Result<__VA_ARGS__> GivenAnswers::name() const { return answer<__VA_ARGS__>(#name); }
#define RDPMEDIC_READ_OF(name, Argument, ...)                                                                          \
    Result<__VA_ARGS__> GivenAnswers::name(Argument about) const {                                                     \
        return answer<__VA_ARGS__>(recorded::read_name(#name, about));                                                 \
    }
#include "probes/host_reads.inc"
#undef RDPMEDIC_READ
#undef RDPMEDIC_READ_OF

FakeHost::FakeHost() = default;
FakeHost::FakeHost(const FakeHost& other) = default;
FakeHost::FakeHost(FakeHost&& other) noexcept = default;
FakeHost& FakeHost::operator=(const FakeHost& other) = default;
FakeHost& FakeHost::operator=(FakeHost&& other) noexcept = default;
FakeHost::~FakeHost() = default;

void FakeHost::set(const RegistryPath& key, std::string_view name, RegistryValue value) {
    registry[lower(key.key)][std::string(name)] = std::move(value);
}

void FakeHost::set_dword(const RegistryPath& key, std::string_view name, std::uint32_t value) {
    set(key, name, {4, value});
}

void FakeHost::set_text(const RegistryPath& key, std::string_view name, std::string value) {
    set(key, name, {1, std::move(value)});
}

void FakeHost::fail(const std::string& read, Error error) { failures[lower(read)] = std::move(error); }

std::string FakeHost::lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return result;
}

Error FakeHost::absent(const std::string& read) { return {Errc::not_found, 2, read}; }

const Error* FakeHost::failure(const std::string& read) const {
    const auto found = failures.find(lower(read));
    return found == failures.end() ? nullptr : &found->second;
}

template <class Map>
Result<typename Map::mapped_type> FakeHost::find(const std::string& read, const Map& map,
                                                 const std::string& key) const {
    if (const Error* error = failure(read))
        return *error;
    const auto found = map.find(key);
    if (found == map.end())
        return absent(read);
    return found->second;
}

Result<Time> FakeHost::now() const { return time; }

Result<RegistryValue> FakeHost::registry_value(const RegistryPath& key, std::string_view name) const {
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

Result<std::map<std::string, RegistryValue>> FakeHost::registry_values(const RegistryPath& key) const {
    return find("registry_values HKLM\\" + key.key, registry, lower(key.key));
}

Result<std::vector<std::string>> FakeHost::registry_subkeys(const RegistryPath& key) const {
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

Result<Bytes> FakeHost::registry_security(const RegistryPath& key) const {
    return find("registry_security HKLM\\" + key.key, registry_descriptors, lower(key.key));
}

Result<ServiceFacts> FakeHost::service(std::string_view name) const {
    return find("service " + std::string(name), services, lower(name));
}

Result<std::vector<StoreCertificate>> FakeHost::certificates(std::string_view store) const {
    return find("certificates " + std::string(store), stores, std::string(store));
}

Result<FileFacts> FakeHost::file(std::string_view path) const {
    return find("file " + std::string(path), files, lower(path));
}

Result<Bytes> FakeHost::file_security(std::string_view path) const {
    return find("file_security " + std::string(path), file_descriptors, lower(path));
}

Result<std::vector<std::string>> FakeHost::folder(std::string_view path) const {
    return find("folder " + std::string(path), folders, lower(path));
}

Result<std::vector<Session>> FakeHost::sessions() const { return session_list; }
Result<WinsockCatalog> FakeHost::winsock_catalog() const { return catalog; }
Result<std::vector<TcpListener>> FakeHost::tcp_listeners() const { return listeners; }
Result<FirewallProfiles> FakeHost::active_firewall_profiles() const { return profiles; }
Result<HandshakeFacts> FakeHost::rdp_handshake(const Endpoint&) const { return handshake; }

} // namespace rdpmedic::testing
