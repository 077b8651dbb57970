// What does a Winsock catalogue look like, in the registry and from its interface, with a foreign layer in it?
#include "tests/support/winsock_host.hpp"

#include <algorithm>
#include <cstdio>

namespace rdpmedic::testing {

WinsockEntry winsock_entry(std::uint32_t id, std::int32_t family, std::int32_t type, std::int32_t protocol,
                           const std::string& path) {
    WinsockEntry entry;
    entry.id = id;
    entry.chain_length = 1;
    entry.family = family;
    entry.socket_type = type;
    entry.protocol = protocol;
    entry.name = "MSAFD";
    entry.path = path;
    return entry;
}

Bytes packed_entry(const WinsockEntry& entry) {
    Bytes data(888, 0);
    std::copy(entry.path.begin(), entry.path.end(), data.begin());
    const auto put = [&](std::size_t offset, std::uint32_t value) {
        for (std::size_t i = 0; i < 4; ++i)
            data[260 + offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
    };
    put(36, entry.id);
    put(40, static_cast<std::uint32_t>(entry.chain_length));
    for (std::size_t i = 0; i < entry.chain.size(); ++i)
        put(44 + 4 * i, entry.chain[i]);
    put(76, static_cast<std::uint32_t>(entry.family));
    put(88, static_cast<std::uint32_t>(entry.socket_type));
    put(92, static_cast<std::uint32_t>(entry.protocol));
    for (std::size_t i = 0; i < entry.name.size(); ++i)
        data[260 + 116 + 2 * i] = static_cast<std::uint8_t>(entry.name[i]);
    return data;
}

WinsockHost::WinsockHost() {
    put_file(mswsock);
    write();
}

WinsockHost::~WinsockHost() = default;

void WinsockHost::put_file(const std::string& path) {
    files[lower(path)] = {path, 1, false, false};
    give("file_signature " + path, SignatureFacts{});
}

void WinsockHost::add_layer() {
    WinsockEntry layer = winsock_entry(1010, 2, 1, 6, vpn_layer), chain = layer;
    layer.chain_length = 0;
    layer.name = "VPN layer";
    chain.id = 1011;
    chain.chain_length = 2;
    chain.chain = {1010, 1001};
    chain.name = "VPN over TCP";
    entries.push_back(layer);
    entries.push_back(chain);
    write();
}

void WinsockHost::write() {
    const std::string root = R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9)";
    registry[lower(root.substr(0, root.rfind('\\')))];
    for (const std::string suffix : {"", "64"}) {
        registry[lower(root + "\\Catalog_Entries" + suffix)];
        set_dword({root}, "Num_Catalog_Entries" + suffix, static_cast<std::uint32_t>(entries.size()));
        int number = 0;
        for (const WinsockEntry& entry : entries) {
            char subkey[16];
            std::snprintf(subkey, sizeof subkey, "\\%012d", ++number);
            set({root + "\\Catalog_Entries" + suffix + subkey}, "PackedCatalogItem", {3, packed_entry(entry)});
        }
    }
    WinsockCatalog answered;
    answered.protocols = entries;
    catalog = answered;
}

} // namespace rdpmedic::testing
