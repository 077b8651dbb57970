// What do the roles RD Session Host and RD Gateway, and the products of others, say of themselves?
#pragma once

#include "probes/facts/basic.hpp"

namespace rdpmedic {

// Win32_TerminalServiceSetting: https://learn.microsoft.com/windows/win32/termserv/win32-terminalservicesetting
struct LicensingFacts {
    std::uint32_t mode = 0; // TerminalServerMode: 0 remote administration, 1 RD Session Host
    std::uint32_t type = 0; // LicensingType: the documentation contradicts itself, see licensing.cpp
    std::string type_name;  // LicensingName, localised
    Result<std::uint32_t> grace_days = Error{Errc::unsupported, 0, "not read"};         // left
    Result<std::vector<std::string>> servers = Error{Errc::unsupported, 0, "not read"}; // as configured
};

// The UDP transport of an RD Gateway:
// https://learn.microsoft.com/windows/win32/termserv/istransportenabled-win32-tsgatewayserversettings
struct GatewayUdp {
    bool enabled = false;
    std::uint16_t port = 0; // 0 where it is not enabled
};

// https://learn.microsoft.com/windows/win32/termserv/win32-tsgatewayserversettings
struct GatewayFacts {
    bool configured = false;
    Bytes certificate; // thumbprint that the gateway is to use
    // 0 none, 1 HTTPS-HTTP, 2 HTTPS-HTTPS: where it is not 0, another machine speaks TLS with the clients.
    std::uint32_t ssl_bridging = 0;
    Result<GatewayUdp> udp = Error{Errc::unsupported, 0, "not read"}; // not_found: Windows before Server 2012
};

// A certificate that http.sys serves: HttpServiceConfigSSLCertInfo.
struct HttpsBinding {
    std::string address; // "0.0.0.0", "::"
    std::uint16_t port = 0;
    Bytes certificate; // thumbprint
    std::string store; // "MY"
};

// A product that Windows Security Center lists. Client editions only.
struct SecurityProduct {
    bool firewall = false; // or antivirus
    std::string name;
    std::string path;                                                      // of its executable
    Result<std::uint32_t> state = Error{Errc::unsupported, 0, "not read"}; // productState, undocumented
};

// A firewall that is registered with the Windows Firewall, on any edition:
// https://learn.microsoft.com/windows/win32/api/netfw/nn-netfw-inetfwproduct
struct FirewallProduct {
    std::string name;
    std::string path; // of its executable, empty where that is not told
    // NET_FW_RULE_CATEGORY of what it has taken over from the Windows Firewall.
    Result<std::vector<std::uint32_t>> categories = Error{Errc::unsupported, 0, "not read"};
};

// A provider of the Windows Filtering Platform: who may drop packets.
struct FilterProvider {
    std::string id; // "{GUID}"
    std::string name;
    std::string service; // Windows service that it belongs to, often empty
};

// As the provider of filters that have none.
inline constexpr const char* no_filter_provider = "{00000000-0000-0000-0000-000000000000}";

// FWPM_FILTER_CONDITION0: https://learn.microsoft.com/windows/win32/api/fwpmtypes/ns-fwpmtypes-fwpm_filter_condition0
struct FilterCondition {
    std::string field;               // "{GUID}"
    std::uint32_t match = 0;         // FWP_MATCH_TYPE
    bool numeric = false;            // a number or a range of numbers: `low` and `high`
    std::uint64_t low = 0, high = 0; // both inclusive
    std::string text;                // the path of the program in FWPM_CONDITION_ALE_APP_ID; other kinds are not read
};

// What a filter does with what fits its conditions. A callout is a driver that decides.
enum class FilterAction { block, permit, callout, unknown };

// A filter for incoming connections: FWPM_FILTER0 at the layer ALE_AUTH_RECV_ACCEPT.
struct Filter {
    std::uint64_t id = 0; // as events 5152 and 5157 name it
    std::string name;
    std::string provider; // "{GUID}", empty where it has none
    bool ipv6 = false;    // or IPv4
    std::string sublayer; // "{GUID}"
    std::uint64_t weight = 0;
    FilterAction action = FilterAction::unknown;
    std::vector<FilterCondition> conditions; // all must fit, of those about one field any
};

} // namespace rdpmedic
