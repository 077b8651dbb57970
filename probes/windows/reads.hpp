// Which questions does Windows answer here? One source file per Windows library; windows_host.cpp ties them together.
//
// Contracts, errors and units are those of Host. Every function may block and may be called from any thread: none
// keeps state between calls, and COM, Winsock and privileges are taken for the length of one call.
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

} // namespace rdpmedic::windows
