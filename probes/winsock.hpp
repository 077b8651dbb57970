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

// The protocols that programs get, or those of the registry where the interface does not answer. Null: neither. Where
// the interface names no files, the entry of the same id in the registry does: see path_of. Pure.
const std::vector<WinsockEntry>* entries_of(const Facts& facts);
std::string path_of(const Facts& facts, const WinsockEntry& entry); // empty: not known

// Why `going` cannot be taken out alone; empty: it can. Pure.
std::string why_not_removable(const Facts& facts, const std::vector<WinsockEntry>& going);
// Entries of foreign files that do not exist, as far as they can be taken out alone: chains before what they are built
// on. Pure.
std::vector<WinsockEntry> removable_without_file(const Facts& facts);

Probe probe(const ProbeOptions& options);

} // namespace rdpmedic::winsock
