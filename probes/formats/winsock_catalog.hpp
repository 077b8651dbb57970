// What does the Winsock catalogue in the registry say, and is it whole?
//
// Windows keeps a list for the system's own programs and, on 64-bit systems, one for 32-bit programs. Neither the keys
// nor the entries are documented; the structure within an entry is:
// https://learn.microsoft.com/windows/win32/api/winsock2/ns-winsock2-wsaprotocol_infow
#pragma once

#include "probes/facts.hpp"

namespace rdpmedic::winsock {

// The entry that a PackedCatalogItem holds: 260 bytes of path and a WSAPROTOCOL_INFOW. unsupported: any other length,
// which some future Windows may write; malformed: a chain that is longer than its field. Bytes of the path that are not
// ASCII become U+FFFD, because their code page is not told. Pure.
Result<WinsockEntry> parse_packed_catalog_item(const Bytes& data);

struct OddEntry {
    std::string subkey;
    Error error;
};

// One list: the subkeys 000000000001, 000000000002, ... of a "Catalog_Entries" key.
struct CatalogList {
    RegistryPath key;
    Result<std::uint32_t> announced = Error{Errc::not_found, 0, "not read"}; // Num_Catalog_Entries or ...64
    std::vector<std::string> subkeys;
    std::vector<WinsockEntry> protocols;    // of Protocol_Catalog9
    std::vector<NamespaceEntry> namespaces; // of NameSpace_Catalog5
    std::vector<OddEntry> odd;              // entries that cannot be read
};

// What is wrong with the numbering, one line each: a count that differs, a number that is missing. Pure.
std::vector<std::string> gaps_of(const CatalogList& list);

// TCP and UDP over IPv4 and IPv6 that no base provider of the list serves: "TCP over IPv4". Pure.
struct MissingProtocol {
    std::string name;
    bool ipv4 = false;
};
std::vector<MissingProtocol> missing_base_protocols(const std::vector<WinsockEntry>& entries);

} // namespace rdpmedic::winsock
