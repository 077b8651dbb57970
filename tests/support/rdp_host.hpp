// What does a host look like on which everything that RDP needs is in order? Tests take it and break one thing.
#pragma once

#include "probes/interference.hpp"
#include "probes/tls.hpp"
#include "tests/support/certificate_host.hpp"

namespace rdpmedic::testing {

inline const std::string firewall_root = R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy)";
inline const std::string firewall_policy = R"(SOFTWARE\Policies\Microsoft\WindowsFirewall)";
inline const RegistryPath tls12_server{tls::schannel.key + R"(\Protocols\TLS 1.2\Server)"};
inline const RegistryPath tls13_server{tls::schannel.key + R"(\Protocols\TLS 1.3\Server)"};

// The rules as Windows 11 ships them.
std::string rdp_rule(bool tcp, bool active, const std::string& more = "");

// Server 2022 on a domain network. TermService runs alone in process 1000 and serves the certificate of the store; one
// user is connected.
struct RdpHost : CertificateHost {
    static constexpr std::uint32_t term_process = 1000;

    RdpHost();
    RdpHost(const RdpHost& other);
    RdpHost(RdpHost&& other) noexcept;
    RdpHost& operator=(const RdpHost& other);
    RdpHost& operator=(RdpHost&& other) noexcept;
    ~RdpHost() override;

    ServiceFacts& term_service();
    ServiceFacts& add_service(const char* name, ServiceState state = ServiceState::running);
    static void set_state(ServiceFacts& service, ServiceState state);
    void serves();
    void hangs_up();
    void set_rule(const std::string& id, const std::string& text, const std::string& root = firewall_root);
    void drop_rule(const std::string& id);
    void drop(const RegistryPath& key, const std::string& name);
    std::optional<std::uint32_t> dword(const RegistryPath& key, const char* name) const;
    void hold_port_by(const char* service, const char* image);

  private:
    void set_services();
    void set_listener();
    void set_firewall();
};

} // namespace rdpmedic::testing
