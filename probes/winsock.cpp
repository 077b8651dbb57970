// Is the Winsock catalogue whole, and who has put itself into it?
#include "probes/winsock.hpp"

#include "probes/formats/firewall_rule.hpp"

#include <algorithm>

namespace rdpmedic::winsock {

bool is_of_windows(std::string_view path) {
    constexpr std::string_view stock[] = {"mswsock.dll", "nlaapi.dll", "winrnr.dll", "napinsp.dll",
                                          "pnrpnsp.dll", "wshbth.dll", "wship6.dll", "wshtcpip.dll"};
    const std::size_t slash = path.find_last_of("\\/");
    if (slash == path.npos)
        return false;
    const std::string_view name = path.substr(slash + 1), folder = path.substr(0, slash);
    constexpr std::string_view system32 = "\\system32";
    if (folder.size() < system32.size() ||
        !same_ignoring_case(folder.substr(folder.size() - system32.size()), system32))
        return false;
    return std::any_of(std::begin(stock), std::end(stock),
                       [&](std::string_view known) { return same_ignoring_case(known, name); });
}

const std::vector<WinsockEntry>* entries_of(const Facts& facts) {
    if (facts.answered)
        return &facts.answered->protocols;
    return facts.protocols.own ? &facts.protocols.own->protocols : nullptr;
}

std::string path_of(const Facts& facts, const WinsockEntry& entry) {
    if (!entry.path.empty() || !facts.protocols.own)
        return entry.path;
    for (const WinsockEntry& known : facts.protocols.own->protocols)
        if (known.id == entry.id)
            return known.path;
    return {};
}

std::string why_not_removable(const Facts& facts, const std::vector<WinsockEntry>& going) {
    const std::vector<WinsockEntry>* all = entries_of(facts);
    if (all == nullptr)
        return "the Winsock catalogue could not be read";
    const auto goes = [&](std::uint32_t id) {
        return std::any_of(going.begin(), going.end(), [&](const WinsockEntry& entry) { return entry.id == id; });
    };
    for (const WinsockEntry& entry : going) {
        const std::string path = path_of(facts, entry);
        if (path.empty())
            return "whose provider entry " + std::to_string(entry.id) + " is, is not known";
        if (is_of_windows(path))
            return "entry " + std::to_string(entry.id) + " is a provider of Windows, " + path;
    }
    std::vector<WinsockEntry> rest;
    for (const WinsockEntry& entry : *all) {
        if (goes(entry.id))
            continue;
        rest.push_back(entry);
        if (entry.chain_length > 1 && std::any_of(entry.chain.begin(), entry.chain.end(), goes))
            return "entry " + std::to_string(entry.id) + " '" + entry.name + "' is built on it and must go first";
    }
    const auto before = missing_base_protocols(*all), after = missing_base_protocols(rest);
    for (const MissingProtocol& missing : after)
        if (std::none_of(before.begin(), before.end(),
                         [&](const MissingProtocol& one) { return one.name == missing.name; }))
            return "nothing else would serve " + missing.name;
    return {};
}

std::vector<WinsockEntry> removable_without_file(const Facts& facts) {
    std::map<std::string, std::vector<WinsockEntry>> by_path;
    const std::vector<WinsockEntry>* all = entries_of(facts);
    for (const WinsockEntry& entry : all ? *all : std::vector<WinsockEntry>{}) {
        const auto file = facts.files.find(path_of(facts, entry));
        if (file != facts.files.end() && is_absent(file->second))
            by_path[file->first].push_back(entry);
    }
    std::vector<WinsockEntry> result;
    for (auto& [path, entries] : by_path) {
        // The entry of a name service would go on naming the file.
        const bool named = facts.namespaces.own &&
                           std::any_of(facts.namespaces.own->namespaces.begin(), facts.namespaces.own->namespaces.end(),
                                       [&](const NamespaceEntry& entry) { return entry.path == path; });
        if (named || !why_not_removable(facts, entries).empty())
            continue;
        std::stable_sort(entries.begin(), entries.end(), [](const WinsockEntry& a, const WinsockEntry& b) {
            return a.chain_length > 1 && b.chain_length <= 1;
        });
        result.insert(result.end(), entries.begin(), entries.end());
    }
    return result;
}

Probe probe(const ProbeOptions&) {
    return make_probe("winsock", "Is the Winsock catalogue whole, and who has put itself into it?",
                      std::chrono::minutes{5}, std::chrono::seconds{10}, collect, judge);
}

} // namespace rdpmedic::winsock
