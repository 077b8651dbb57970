// Where does the real machine answer?
#include "probes/windows/windows_host.hpp"

#include "probes/network/rdp_handshake.hpp"
#include "probes/windows/reads.hpp"

namespace rdpmedic {
namespace {

class WindowsHost final : public Host {
  public:
    Result<Time> now() const override {
        return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    }
    Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name) const override {
        return windows::registry_value(key, name);
    }
    Result<std::map<std::string, RegistryValue>> registry_values(const RegistryPath& key) const override {
        return windows::registry_values(key);
    }
    Result<std::vector<std::string>> registry_subkeys(const RegistryPath& key) const override {
        return windows::registry_subkeys(key);
    }
    Result<Bytes> registry_security(const RegistryPath& key) const override { return windows::registry_security(key); }
    Result<ServiceFacts> service(std::string_view name) const override { return windows::service(name); }
    Result<std::vector<StoreCertificate>> certificates(std::string_view store) const override {
        return windows::certificates(store);
    }
    Result<FileFacts> file(std::string_view path) const override { return windows::file(path); }
    Result<Bytes> file_security(std::string_view path) const override { return windows::file_security(path); }
    Result<std::vector<std::string>> folder(std::string_view path) const override { return windows::folder(path); }
    Result<std::vector<Session>> sessions() const override { return windows::sessions(); }
    Result<WinsockCatalog> winsock_catalog() const override { return windows::winsock_catalog(); }
    Result<std::vector<TcpListener>> tcp_listeners() const override { return windows::tcp_listeners(); }
    Result<FirewallProfiles> active_firewall_profiles() const override { return windows::active_firewall_profiles(); }
    Result<HandshakeFacts> rdp_handshake(const Endpoint& target) const override {
        return rdpmedic::rdp_handshake(target);
    }
};

} // namespace

std::unique_ptr<Host> make_windows_host() { return std::make_unique<WindowsHost>(); }

} // namespace rdpmedic
