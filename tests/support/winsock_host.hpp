// What does a Winsock catalogue look like, in the registry and from its interface, with a foreign layer in it?
#pragma once

#include "tests/support/serving_host.hpp"

namespace rdpmedic::testing {

inline const std::string mswsock = R"(%SystemRoot%\system32\mswsock.dll)";
inline const std::string vpn_layer = R"(C:\Program Files\Example VPN\layer.dll)";

WinsockEntry winsock_entry(std::uint32_t id, std::int32_t family, std::int32_t type, std::int32_t protocol,
                           const std::string& path = mswsock);

// The PackedCatalogItem of an entry.
Bytes packed_entry(const WinsockEntry& entry);

struct WinsockHost : ServingHost {
    std::vector<WinsockEntry> entries{winsock_entry(1001, 2, 1, 6), winsock_entry(1002, 2, 2, 17),
                                      winsock_entry(1003, 23, 1, 6), winsock_entry(1004, 23, 2, 17)};

    WinsockHost();
    ~WinsockHost() override;

    void put_file(const std::string& path);
    // A layer and the chain over TCP that goes through it.
    void add_layer();
    // Into the registry, and what programs get.
    void write();
};

} // namespace rdpmedic::testing
