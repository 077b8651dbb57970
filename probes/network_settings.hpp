// Which settings of Windows keep its network from working, or will after the next start?
#pragma once

#include "probes/finding.hpp"
#include "probes/host.hpp"

namespace rdpmedic::network {

struct Facts;

struct ServiceStart {
    std::string_view service;
    Result<std::uint32_t> start = 0U; // Start; not_found: no such service, or none that starts by itself
};

// A DLL that is loaded at every logon.
struct NetworkProvider {
    std::string name; // as in ProviderOrder
    std::string path; // ProviderPath, empty where that could not be read
    Result<FileFacts> file = FileFacts{};
};

struct Settings {
    std::vector<ServiceStart> services;
    Result<std::string> provider_order = std::string(); // not_found: not set
    std::vector<NetworkProvider> providers;             // those in the order that are not Windows' own
    Result<std::map<std::string, RegistryValue>> routes = std::map<std::string, RegistryValue>{}; // PersistentRoutes
    // Start of the agent of Azure; asked where an address was set by hand. not_found: no machine of Azure.
    std::optional<Result<std::uint32_t>> azure_agent;
};

// Nine registry values and keys, and a file for each foreign network provider. A failed read is in the answer.
Settings collect_settings(const Host& host, const Result<std::vector<AdapterFacts>>& adapters);
// Pure: from the settings, the adapters and the domain.
std::vector<Finding> judge_settings(const Facts& facts);

} // namespace rdpmedic::network
