// What may a probe ask of this machine? Everything a probe knows came through here.
//
// Every method may block, may be called from any thread, and changes nothing on the host. Errors: not_found for what
// does not exist, access_denied, timed_out, unsupported where this system cannot answer, malformed, io.
#pragma once

#include "probes/facts.hpp"

#include <string_view>

namespace rdpmedic {

class Host {
  public:
    virtual ~Host() = default;

    // The machine's clock. A recorded host answers with the time of its recording.
    virtual Result<Time> now() const = 0;

    // One value of a key below HKEY_LOCAL_MACHINE, 64-bit view. Names compare without case. not_found: no key or value.
    virtual Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const = 0;
    // All values of a key by name. An empty key is an empty map; not_found: no key.
    virtual Result<std::map<std::string, RegistryValue>> registry_values(const RegistryPath& key) const = 0;
    virtual Result<std::vector<std::string>> registry_subkeys(const RegistryPath& key) const = 0;
    // Self-relative security descriptor with owner and DACL.
    virtual Result<Bytes> registry_security(const RegistryPath& key) const = 0;

    virtual Result<ServiceFacts> service(std::string_view name) const = 0;

    // Every certificate of a system store of the local machine ("My", "Remote Desktop"). not_found: no such store.
    virtual Result<std::vector<StoreCertificate>> certificates(std::string_view store) const = 0;

    // `path` may hold environment variables, which the host expands: "%SystemRoot%\\System32\\termsrv.dll".
    virtual Result<FileFacts> file(std::string_view path) const = 0;
    virtual Result<Bytes> file_security(std::string_view path) const = 0;
    // Names in a folder, without the folder, at most 10,000.
    virtual Result<std::vector<std::string>> folder(std::string_view path) const = 0;

    virtual Result<std::vector<Session>> sessions() const = 0;
    virtual Result<WinsockCatalog> winsock_catalog() const = 0;
    virtual Result<std::vector<TcpListener>> tcp_listeners() const = 0;
    virtual Result<FirewallProfiles> active_firewall_profiles() const = 0;

    // Negotiates RDP and TLS with `target` and hangs up cleanly; never logs on. A peer that refuses is a fact, not an
    // error; errors are for a handshake that could not be tried. Blocks for at most about 15 s.
    virtual Result<HandshakeFacts> rdp_handshake(const Endpoint& target) const = 0;
};

} // namespace rdpmedic
