// Rule strings that tests share. The first three are as Windows 11 ships them; the others are built from the grammar:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas/2efe0b76-7b4a-41ff-9050-1023f8196d16
#pragma once

#include <array>
#include <string_view>

namespace rdpmedic::firewall {

inline constexpr std::string_view tcp_allow =
    R"(v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=3389|App=%SystemRoot%\system32\svchost.exe|)"
    R"(Svc=termservice|Name=@FirewallAPI.dll,-28775|Desc=@FirewallAPI.dll,-28756|EmbedCtxt=@FirewallAPI.dll,-28752|)";
inline constexpr std::string_view udp_allow =
    R"(v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=17|LPort=3389|App=%SystemRoot%\system32\svchost.exe|)"
    R"(Svc=termservice|Name=@FirewallAPI.dll,-28776|Desc=@FirewallAPI.dll,-28777|EmbedCtxt=@FirewallAPI.dll,-28752|)";
inline constexpr std::string_view shadow_allow =
    R"(v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=6|App=%SystemRoot%\system32\RdpSa.exe|)"
    R"(Name=@FirewallAPI.dll,-28778|Desc=@FirewallAPI.dll,-28779|EmbedCtxt=@FirewallAPI.dll,-28752|)"
    R"(Edge=TRUE|Defer=App|)";
inline constexpr std::string_view policy_block =
    R"(v2.28|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=3389|App=%SystemRoot%\system32\svchost.exe|)"
    R"(Svc=termservice|Name=@FirewallAPI.dll,-28775|Desc=@FirewallAPI.dll,-28756|EmbedCtxt=@FirewallAPI.dll,-28752|)";
inline constexpr std::string_view subnet_allow =
    R"(v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|LPort=3389|RA4=10.0.0.0/255.0.0.0|)"
    R"(RA4=192.168.1.10-192.168.1.20|RA6=LocalSubnet|App=%SystemRoot%\system32\svchost.exe|Svc=termservice|Name=x|)";
inline constexpr std::string_view range_block =
    "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort2_10=3000-4000|Name=block range|";
inline constexpr std::string_view any_block = "v2.31|Action=Block|Active=TRUE|Dir=In|Name=block all in|";
inline constexpr std::string_view inactive_allow = "v2.31|Action=Allow|Dir=In|Protocol=6|LPort=3389|Name=x|";
inline constexpr std::string_view port_before_protocol = "v2.31|Action=Allow|LPort=3389|Protocol=6|Active=TRUE|Dir=In|";
inline constexpr std::string_view ipsec_rule =
    "v2.31|Action=SecureServer|Name=X|Desc=|Active=TRUE|Auth1Set={guid}|EmbedCtxt=|";

inline constexpr std::array all_strings{tcp_allow,   udp_allow, shadow_allow,   policy_block,         subnet_allow,
                                        range_block, any_block, inactive_allow, port_before_protocol, ipsec_rule};

} // namespace rdpmedic::firewall
