// Is the Winsock catalogue whole, and who has put itself into it?
#pragma once

#include "probes/formats/winsock_catalog.hpp"
#include "probes/probe.hpp"

namespace rdpmedic::winsock {

// The lists of the registry. `own` is what the system's own programs use: Catalog_Entries64, or on a 32-bit system
// Catalog_Entries; there `for_32` is not_found.
struct RegistryLists {
    Result<CatalogList> own, for_32;
};

struct Facts {
    Result<WinsockCatalog> answered; // by the interface that programs use
    RegistryLists protocols, namespaces;
    std::map<std::string, Result<FileFacts>> files; // provider DLLs by their path in the catalogue
    // Of those that do not come with Windows, because it takes hashing the file.
    std::map<std::string, Result<SignatureFacts>> signatures{};
};

// Blocks as the host does; a failed read is in the facts.
Result<Facts> collect(const Host& host);
// Pure.
std::vector<Finding> judge(const Facts& facts, const JudgeContext& context);

// A DLL of System32 that every Windows has in its catalogues. Pure.
bool is_of_windows(std::string_view path);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::winsock
