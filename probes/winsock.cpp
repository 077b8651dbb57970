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
        !firewall::same_text(folder.substr(folder.size() - system32.size()), system32))
        return false;
    return std::any_of(std::begin(stock), std::end(stock),
                       [&](std::string_view known) { return firewall::same_text(known, name); });
}

Probe probe(const ProbeOptions&) {
    return make_probe("winsock", "Is the Winsock catalogue whole, and who has put itself into it?",
                      std::chrono::minutes{5}, std::chrono::seconds{10}, collect, judge);
}

} // namespace rdpmedic::winsock
