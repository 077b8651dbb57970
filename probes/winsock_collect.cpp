// What do the interface and the registry say about the Winsock catalogue?
#include "probes/registry.hpp"
#include "probes/winsock.hpp"

namespace rdpmedic::winsock {
namespace {

constexpr const char* parameters = R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters)";

void read_protocol(const Host& host, const RegistryPath& key, const std::string& subkey, CatalogList& list) {
    const auto data = read_binary(host, key, "PackedCatalogItem");
    if (!data)
        return list.odd.push_back({subkey, data.error()});
    auto entry = parse_packed_catalog_item(*data);
    if (!entry)
        return list.odd.push_back({subkey, entry.error()});
    list.protocols.push_back(std::move(*entry));
}

void read_namespace(const Host& host, const RegistryPath& key, const std::string& subkey, CatalogList& list) {
    const auto path = read_text(host, key, "LibraryPath");
    if (!path)
        return list.odd.push_back({subkey, path.error()});
    const auto name = read_text(host, key, "DisplayString");
    const auto enabled = read_dword(host, key, "Enabled");
    if (is_unreadable(enabled))
        return list.odd.push_back({subkey, enabled.error()});
    list.namespaces.push_back({name ? *name : std::string(), *path, !enabled || *enabled != 0});
}

using ReadEntry = void (*)(const Host&, const RegistryPath&, const std::string&, CatalogList&);

Result<CatalogList> read_list(const Host& host, const RegistryPath& catalog, const char* suffix, ReadEntry read_entry) {
    CatalogList list;
    list.key = {catalog.key + R"(\Catalog_Entries)" + suffix};
    list.announced = read_dword(host, catalog, std::string("Num_Catalog_Entries") + suffix);
    auto subkeys = host.registry_subkeys(list.key);
    if (!subkeys) {
        // A count without the key that it counts is damage, not a system without this list.
        if (is_absent(subkeys) && list.announced)
            return list;
        return subkeys.error();
    }
    list.subkeys = std::move(*subkeys);
    for (const std::string& subkey : list.subkeys)
        read_entry(host, {list.key.key + "\\" + subkey}, subkey, list);
    return list;
}

// Protocol_Catalog9 and NameSpace_Catalog5 unless the key names newer ones.
RegistryLists read_lists(const Host& host, const char* name_value, const char* usual, ReadEntry read_entry) {
    const RegistryPath root{parameters};
    const auto name = read_text(host, root, name_value);
    if (is_unreadable(name))
        return {name.error(), name.error()};
    const RegistryPath catalog{root.key + "\\" + (name ? *name : std::string(usual))};
    Result<CatalogList> plain = read_list(host, catalog, "", read_entry);
    Result<CatalogList> wide = read_list(host, catalog, "64", read_entry);
    if (is_absent(wide))
        return {std::move(plain), wide.error()};
    return {std::move(wide), std::move(plain)};
}

} // namespace

Result<Facts> collect(const Host& host) {
    Facts facts{host.winsock_catalog(),
                read_lists(host, "Current_Protocol_Catalog", "Protocol_Catalog9", read_protocol),
                read_lists(host, "Current_NameSpace_Catalog", "NameSpace_Catalog5", read_namespace),
                {},
                {}};
    const auto look_at = [&](const std::string& path) {
        // A path whose letters were lost cannot be asked for.
        if (path.empty() || path.find("\xEF\xBF\xBD") != path.npos || facts.files.count(path) != 0)
            return;
        const auto& file = facts.files.emplace(path, host.file(path)).first->second;
        if (file && !is_of_windows(path))
            facts.signatures.emplace(path, host.file_signature(path));
    };
    if (facts.answered)
        for (const WinsockEntry& entry : facts.answered->protocols)
            look_at(entry.path);
    if (facts.protocols.own)
        for (const WinsockEntry& entry : facts.protocols.own->protocols)
            look_at(entry.path);
    if (facts.namespaces.own)
        for (const NamespaceEntry& entry : facts.namespaces.own->namespaces)
            look_at(entry.path);
    return facts;
}

} // namespace rdpmedic::winsock
