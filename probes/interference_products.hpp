// Which products of others are known to close or filter RDP connections, and which filter providers are Windows' own?
#pragma once

#include <array>
#include <string_view>

namespace rdpmedic::interference {

// A product by its service or driver, which is the same in every language. Only what somebody has reported in public:
// presence is a hint for a person, never a fault.
struct Product {
    std::string_view service; // without case; "Name*" is a prefix
    std::string_view name;
    std::string_view effect;
    std::string_view source;
};

inline constexpr std::array products{
    Product{"RustDesk", "RustDesk",
            "versions after 1.2.3 broke RDP connections through its tunnel with error 0x904, extended 0x7",
            "https://github.com/rustdesk/rustdesk/issues/11623"},
    Product{"ekrn", "ESET", "its network protection resets RDP connections that it takes for an exploit",
            "https://github.com/rdesktop/rdesktop/issues/337"},
    Product{"klwfp", "Kaspersky", "its firewall closes RDP connections until it is told to allow them",
            "https://github.com/stascorp/rdpwrap/issues/605"},
    Product{"bdfwfpf", "Bitdefender", "TermService did not start beside it",
            "https://github.com/stascorp/rdpwrap/issues/1821"},
    Product{"VSSERV", "Bitdefender", "TermService did not start beside it",
            "https://github.com/stascorp/rdpwrap/issues/1821"},
    Product{"EPSecurityService", "Bitdefender Endpoint Security", "TermService did not start beside it",
            "https://github.com/stascorp/rdpwrap/issues/1821"},
    Product{"MBAMService", "Malwarebytes", "its brute force protection blocks addresses after failed RDP logons",
            "https://support.malwarebytes.com/hc/en-us/articles/"
            "360056829274-Configure-Brute-Force-Protection-in-Malwarebytes-Nebula"},
    Product{"PortmasterCore", "Portmaster", "it blocks incoming connections until it is told to allow them",
            "https://github.com/safing/portmaster/issues/696"},
    Product{"IPBAN", "IPBan", "it blocks addresses after failed logons, an administrator's own among them",
            "https://github.com/DigitalRuby/IPBan/issues/58"},
    Product{"MullvadVPN", "Mullvad VPN", "while it is connected, RDP from outside its tunnel is blocked",
            "https://github.com/mullvad/mullvadvpn-app/issues/4533"},
    Product{"WireGuardTunnel$*", "WireGuard", "a tunnel for all addresses blocks what does not come through it",
            "https://github.com/angristan/wireguard-install/issues/538"},
};

// A product by the name that it gives its provider of the Windows Filtering Platform.
inline constexpr std::array filter_products{
    Product{"simplewall", "simplewall", "it blocks incoming connections to svchost.exe until it is told to allow them",
            "https://github.com/henrypp/simplewall/issues/37"},
};

// Providers that come with Windows. The first four:
// https://learn.microsoft.com/windows/win32/fwp/built-in-provider-identifiers; the others as public tools list them.
inline constexpr std::array<std::string_view, 17> windows_providers{
    "{10ad9216-ccde-456c-8b16-e9f04e60a90b}", // IKE and AuthIP
    "{3c6c05a9-c05c-4bb9-8338-2327814ce8bf}", // IPsec denial-of-service protection, as the header has it
    "{896aa19e-9a34-4bcb-ae79-beb9127c84b9}", // TCP chimney offload
    "{76cfcd30-3394-432d-bed3-441ae50e63c3}", // TCP templates
    "{3c6c0519-c05c-4bb9-8338-2327814ce8bf}", // IPsec denial-of-service protection, as the page has it
    "{4b153735-1049-4480-aab4-d1b9bdc03710}", // service hardening
    "{decc16ca-3f33-4346-be1e-8fb4ae0f3d62}", // Windows Firewall
    "{a90296f7-46b8-4457-8f84-b05e05d3c622}", // enterprise data protection
    "{d0718ff9-44da-4f50-9dc2-c963a4247613}", // tenant restrictions
    "{3cc2631f-2d5d-43a0-b174-614837d863a1}", // app isolation
    "{1bebc969-61a5-4732-a177-847a0817862a}", // IPsec of the firewall
    "{aa6a7d87-7f8f-4d2a-be53-fda555cd5fe3}", // IPsec of the firewall
    "{893a4f22-9bba-49b7-8c66-3d40929c8fd5}", // Teredo
    "{8e44982a-f477-11df-85ce-78e7d1810190}", // network data usage
    "{9c2532b4-0314-434f-8274-0cbaebdbda56}", // edge traversal
    "{c698301d-9129-450c-937c-f4b834bfb374}", // edge traversal
    "{00000000-0000-0000-0000-000000000000}",
};

} // namespace rdpmedic::interference
