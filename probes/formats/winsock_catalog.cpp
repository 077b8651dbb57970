// What does the Winsock catalogue in the registry say, and is it whole?
#include "probes/formats/winsock_catalog.hpp"

#include "probes/formats/utf16.hpp"

#include <algorithm>
#include <cstdio>

namespace rdpmedic::winsock {
namespace {

constexpr std::size_t path_size = 260;  // MAX_PATH
constexpr std::size_t info_size = 628;  // sizeof(WSAPROTOCOL_INFOW)
constexpr std::size_t name_size = 512;  // szProtocol
constexpr std::uint32_t chain_size = 7; // MAX_PROTOCOL_CHAIN

// Offsets within WSAPROTOCOL_INFOW.
constexpr std::size_t provider_flags = 16, catalog_id = 36, chain_length = 40, chain = 44, family = 76,
                      socket_type = 88, protocol = 92, name = 116;

std::string path_of(const Bytes& data) {
    std::string path;
    for (std::size_t i = 0; i < path_size && data[i] != 0; ++i)
        path += data[i] < 0x80 ? std::string(1, static_cast<char>(data[i])) : "\xEF\xBF\xBD";
    return path;
}

constexpr std::int32_t inet = 2, inet6 = 23, stream = 1, datagram = 2, tcp = 6, udp = 17;

} // namespace

Result<WinsockEntry> parse_packed_catalog_item(const Bytes& data) {
    if (data.size() != path_size + info_size)
        return Error{Errc::unsupported, 0,
                     "PackedCatalogItem of " + std::to_string(data.size()) + " bytes, known are 888"};
    const auto word = [&](std::size_t offset) {
        const std::uint8_t* at = data.data() + path_size + offset;
        return static_cast<std::uint32_t>(at[0]) | static_cast<std::uint32_t>(at[1]) << 8 |
               static_cast<std::uint32_t>(at[2]) << 16 | static_cast<std::uint32_t>(at[3]) << 24;
    };
    const auto signed_word = [&](std::size_t offset) { return static_cast<std::int32_t>(word(offset)); };
    if (word(chain_length) > chain_size)
        return Error{Errc::malformed, 0, "PackedCatalogItem: ChainLen " + std::to_string(word(chain_length))};
    WinsockEntry entry;
    entry.id = word(catalog_id);
    entry.chain_length = signed_word(chain_length);
    for (std::uint32_t i = 0; i < word(chain_length); ++i)
        entry.chain.push_back(word(chain + 4 * i));
    entry.family = signed_word(family);
    entry.socket_type = signed_word(socket_type);
    entry.protocol = signed_word(protocol);
    entry.provider_flags = word(provider_flags);
    entry.name = utf8_from_utf16le(data.data() + path_size + name, name_size);
    entry.name.erase(std::min(entry.name.find('\0'), entry.name.size()));
    entry.path = path_of(data);
    return entry;
}

std::vector<std::string> gaps_of(const CatalogList& list) {
    std::vector<std::string> gaps;
    if (list.announced && *list.announced != list.subkeys.size())
        gaps.push_back("the catalogue announces " + std::to_string(*list.announced) + " entries and has " +
                       std::to_string(list.subkeys.size()));
    for (std::size_t i = 1; i <= list.subkeys.size(); ++i) {
        char expected[16];
        std::snprintf(expected, sizeof expected, "%012zu", i);
        if (std::find(list.subkeys.begin(), list.subkeys.end(), expected) == list.subkeys.end())
            gaps.push_back(std::string("there is no entry ") + expected);
    }
    return gaps;
}

std::vector<MissingProtocol> missing_base_protocols(const std::vector<WinsockEntry>& entries) {
    struct Wanted {
        const char* name;
        std::int32_t family, socket_type, protocol;
    };
    constexpr Wanted wanted[] = {{"TCP over IPv4", inet, stream, tcp},
                                 {"UDP over IPv4", inet, datagram, udp},
                                 {"TCP over IPv6", inet6, stream, tcp},
                                 {"UDP over IPv6", inet6, datagram, udp}};
    std::vector<MissingProtocol> missing;
    for (const Wanted& one : wanted) {
        const bool served = std::any_of(entries.begin(), entries.end(), [&](const WinsockEntry& entry) {
            return entry.chain_length == 1 && entry.family == one.family && entry.socket_type == one.socket_type &&
                   entry.protocol == one.protocol;
        });
        if (!served)
            missing.push_back({one.name, one.family == inet});
    }
    return missing;
}

} // namespace rdpmedic::winsock
