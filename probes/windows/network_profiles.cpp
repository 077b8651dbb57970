// Which networks is this machine connected to, and what does Windows take them for?
#include "probes/windows/com.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include <netlistmgr.h>
#include <oleauto.h>

namespace rdpmedic::windows {
namespace {

// https://learn.microsoft.com/windows/win32/api/netlistmgr/ne-netlistmgr-nlm_network_category
NetworkCategory category_of(NLM_NETWORK_CATEGORY raw) {
    switch (raw) {
    case NLM_NETWORK_CATEGORY_PUBLIC:
        return NetworkCategory::public_;
    case NLM_NETWORK_CATEGORY_PRIVATE:
        return NetworkCategory::private_;
    case NLM_NETWORK_CATEGORY_DOMAIN_AUTHENTICATED:
        return NetworkCategory::domain;
    }
    return NetworkCategory::unknown;
}

std::string text_of(const GUID& id) {
    wchar_t text[39] = {}; // "{...}" and a NUL, in upper case
    return ::StringFromGUID2(id, text, 39) > 0 ? to_utf8(text) : std::string();
}

std::string name_of(INetwork& network) {
    BSTR raw = nullptr;
    if (FAILED(network.GetName(&raw)) || !raw)
        return {};
    std::string name = to_utf8(raw);
    ::SysFreeString(raw);
    return name;
}

Result<NetworkProfile> profile_of(INetworkConnection& connection) {
    NetworkProfile profile;
    GUID adapter{};
    if (const HRESULT status = connection.GetAdapterId(&adapter); FAILED(status))
        return error_of_status(status, "INetworkConnection::GetAdapterId", "a connection");
    profile.adapter = text_of(adapter);
    Com<INetwork> network;
    if (const HRESULT status = connection.GetNetwork(network.out()); FAILED(status) || !network)
        return error_of_status(status, "INetworkConnection::GetNetwork", profile.adapter);
    profile.name = name_of(*network.get());
    NLM_NETWORK_CATEGORY category{};
    if (const HRESULT status = network.get()->GetCategory(&category); FAILED(status))
        return error_of_status(status, "INetwork::GetCategory", profile.name);
    profile.category = category_of(category);
    return profile;
}

} // namespace

// https://learn.microsoft.com/windows/win32/api/netlistmgr/nf-netlistmgr-inetworklistmanager-getnetworkconnections
Result<std::vector<NetworkProfile>> network_profiles() {
    const ComUse com; // outlives the objects below
    if (!com.ready())
        return error_of_status(com.status(), "CoInitializeEx", "multithreaded");
    Com<INetworkListManager> manager;
    HRESULT status = ::CoCreateInstance(CLSID_NetworkListManager, nullptr, CLSCTX_ALL, __uuidof(INetworkListManager),
                                        reinterpret_cast<void**>(manager.out()));
    if (FAILED(status) || !manager)
        return error_of_status(status, "CoCreateInstance", "NetworkListManager");
    Com<IEnumNetworkConnections> list;
    status = manager.get()->GetNetworkConnections(list.out());
    if (FAILED(status) || !list)
        return error_of_status(status, "INetworkListManager::GetNetworkConnections", "all");
    std::vector<NetworkProfile> profiles;
    for (int round = 0; round < 256; ++round) { // no machine has that many; a list without an end does
        Com<INetworkConnection> connection;
        ULONG fetched = 0;
        status = list.get()->Next(1, connection.out(), &fetched);
        if (FAILED(status))
            return error_of_status(status, "IEnumNetworkConnections::Next", "networks");
        if (status != S_OK || fetched == 0 || !connection)
            return profiles;
        auto profile = profile_of(*connection.get());
        if (!profile)
            return profile.error();
        profiles.push_back(std::move(*profile));
    }
    return profiles;
}

} // namespace rdpmedic::windows
