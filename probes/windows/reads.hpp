// Which questions does Windows answer here? One source file per Windows library; windows_host.cpp ties them together.
//
// Contracts, errors and units are those of Host. Every function may block and may be called from any thread: none
// keeps an answer, and COM, Winsock and privileges are taken for the length of one call.
#pragma once

#include "probes/facts.hpp"

#include <string_view>

namespace rdpmedic::windows {

// registry.cpp, advapi32
Result<RegistryValue> registry_value(const RegistryPath& key, std::string_view name);
Result<std::map<std::string, RegistryValue>> registry_values(const RegistryPath& key);
Result<std::vector<std::string>> registry_subkeys(const RegistryPath& key);
Result<Bytes> registry_security(const RegistryPath& key);
// registry_value.cpp: what raw data of a type says, as facts.hpp describes it. Pure.
RegistryValue typed_value(std::uint32_t type, Bytes data);

Result<ServiceFacts> service(std::string_view name);                        // services.cpp, advapi32
Result<std::vector<StoreCertificate>> certificates(std::string_view store); // certificates.cpp, crypt32
Result<FileFacts> file(std::string_view path);                              // files.cpp, kernel32
Result<Bytes> file_security(std::string_view path);                         // files.cpp
Result<std::vector<std::string>> folder(std::string_view path);             // files.cpp
Result<std::vector<Session>> sessions();                                    // sessions.cpp, wtsapi32
Result<WinsockCatalog> winsock_catalog();                                   // winsock.cpp, ws2_32
Result<std::vector<TcpListener>> tcp_listeners();                           // tcp_table.cpp, iphlpapi
Result<FirewallProfiles> active_firewall_profiles();                        // firewall.cpp, FirewallAPI by COM

Result<Bytes> service_security(std::string_view name);                       // services.cpp
Result<std::vector<ServiceSummary>> services();                              // services.cpp
Result<SignatureFacts> file_signature(std::string_view name);                // signature.cpp, wintrust
Result<std::string> file_text(std::string_view name);                        // files.cpp
Result<FileEnds> file_ends(std::string_view name);                           // files.cpp
Result<std::vector<UdpEndpoint>> udp_endpoints();                            // udp_table.cpp, iphlpapi
Result<std::vector<TcpConnection>> tcp_connections();                        // tcp_table.cpp
Result<TcpStatistics> tcp_statistics();                                      // tcp_statistics.cpp, iphlpapi
Result<PortRange> dynamic_ports();                                           // excluded_ports.cpp, netsh
Result<std::vector<PortRange>> excluded_ports();                             // excluded_ports.cpp, netsh
Result<std::vector<AdapterFacts>> adapters();                                // adapters.cpp, iphlpapi
Result<std::vector<NetworkProfile>> network_profiles();                      // network_profiles.cpp, netlistmgr by COM
Result<EchoFacts> echo(std::string_view name);                               // echo.cpp, iphlpapi
Result<FullEchoFacts> full_echo(const FullEcho& request);                    // echo.cpp
Result<std::uint32_t> path_mtu(std::string_view name);                       // path_mtu.cpp, iphlpapi
Result<PowerFacts> power();                                                  // power.cpp, powrprof
Result<HostNames> host_names();                                              // host_names.cpp, kernel32
Result<std::vector<std::string>> dns(const DnsQuestion& query);              // dns.cpp, dnsapi
Result<EventPage> events(const EventQuery& query);                           // events.cpp, wevtapi
Result<MemoryFacts> memory();                                                // memory.cpp, psapi
Result<ProcessFacts> process(std::uint32_t id);                              // memory.cpp
Result<VolumeFacts> volume(std::string_view name);                           // memory.cpp
Result<std::vector<std::string>> accounts_with_right(std::string_view name); // accounts.cpp, advapi32 (LSA)
Result<std::vector<GroupMember>> local_group(std::string_view name);         // accounts.cpp, netapi32
Result<DomainMembership> domain_membership();                                // domain.cpp, netapi32
Result<SecureChannel> secure_channel(std::string_view name);                 // domain.cpp
Result<ClockOffset> clock_offset(std::string_view name);                     // portable: network/sntp
Result<LicensingFacts> licensing();                                          // licensing.cpp, WMI
Result<std::uint32_t> license_server_status(std::string_view name);          // licensing.cpp
Result<GatewayFacts> gateway();                                              // gateway.cpp, WMI
Result<std::vector<HttpsBinding>> https_bindings();                          // https_bindings.cpp, httpapi
Result<std::vector<SecurityProduct>> security_products();                    // security_products.cpp, WMI
Result<std::vector<FilterProvider>> filter_providers();                      // filter_providers.cpp, fwpuclnt
Result<std::vector<Filter>> filters(std::string_view name);                  // filters.cpp, fwpuclnt
Result<std::vector<FirewallProduct>> firewall_products();                    // firewall_products.cpp, netfw by COM
Result<TlsFacts> tls_handshake(const TlsTarget& query);                      // portable: network/tls_handshake

} // namespace rdpmedic::windows
