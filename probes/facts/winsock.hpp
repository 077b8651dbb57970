// Which providers does Winsock load?
#pragma once

#include "probes/facts/basic.hpp"

namespace rdpmedic {

// WSAPROTOCOL_INFOW with the provider's path. ChainLen 0 is a hidden layer, 1 a base provider, more a chain.
struct WinsockEntry {
    std::uint32_t id = 0;
    std::int32_t chain_length = 0;
    std::vector<std::uint32_t> chain;
    std::int32_t family = 0, socket_type = 0, protocol = 0; // AF_INET 2, AF_INET6 23; SOCK_STREAM 1, SOCK_DGRAM 2
    std::uint32_t provider_flags = 0;
    std::string name;
    std::string path; // as in the catalogue: may hold %SystemRoot%; empty where Winsock does not tell it
};

struct NamespaceEntry {
    std::string name;
    std::string path; // empty where the interface does not tell
    bool active = false;
};

// The catalogues that this machine's programs see. A 64-bit process can read both.
struct WinsockCatalog {
    std::vector<WinsockEntry> protocols;
    Result<std::vector<WinsockEntry>> protocols_32 = Error{Errc::unsupported, 0, "not read"};
    Result<std::vector<NamespaceEntry>> namespaces = Error{Errc::unsupported, 0, "not read"};
};

} // namespace rdpmedic
