// Which words does the grammar of firewall rules have?
//
// https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas/2efe0b76-7b4a-41ff-9050-1023f8196d16
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace rdpmedic::firewall {

// How the value of a token is read. From `truth` on the field is kept as text and only its words are checked.
enum class Kind : std::uint8_t {
    action,
    direction,
    active,
    profile,
    protocol,
    local_port,
    remote_port,
    local_address,
    remote_address,
    program,
    service,
    name,
    description,
    group,
    truth,
    word,
    text,
};

struct Token {
    std::string_view name;
    Kind kind;
    bool repeats;
};

// Every token of the grammar up to policy version 2.31, and PFN, which rules from device management carry.
inline constexpr std::array tokens{
    Token{"Action", Kind::action, false},
    Token{"Dir", Kind::direction, false},
    Token{"Active", Kind::active, false},
    Token{"Profile", Kind::profile, true},
    Token{"Protocol", Kind::protocol, false},
    Token{"LPort", Kind::local_port, true},
    Token{"LPort2_10", Kind::local_port, true},
    Token{"LPort2_20", Kind::local_port, true},
    Token{"LPort2_24", Kind::local_port, true},
    Token{"LPort2_25", Kind::local_port, true},
    Token{"LPort2_29", Kind::local_port, true},
    Token{"RPort", Kind::remote_port, true},
    Token{"RPort2_10", Kind::remote_port, true},
    Token{"RPort2_25", Kind::remote_port, true},
    Token{"RPort2_28", Kind::remote_port, true},
    Token{"LA4", Kind::local_address, true},
    Token{"LA6", Kind::local_address, true},
    Token{"RA4", Kind::remote_address, true},
    Token{"RA6", Kind::remote_address, true},
    Token{"RA42", Kind::remote_address, true},
    Token{"RA62", Kind::remote_address, true},
    Token{"App", Kind::program, false},
    Token{"Svc", Kind::service, false},
    Token{"Name", Kind::name, false},
    Token{"Desc", Kind::description, false},
    Token{"EmbedCtxt", Kind::group, false},
    Token{"Edge", Kind::truth, false},
    Token{"LSM", Kind::truth, false},
    Token{"AuthByPassOut", Kind::truth, false},
    Token{"LOM", Kind::truth, false},
    Token{"PCross", Kind::truth, false},
    Token{"Defer", Kind::word, false},
    Token{"IFType", Kind::word, true},
    Token{"Security", Kind::word, false},
    Token{"Security2_9", Kind::word, false},
    Token{"Security2", Kind::word, false},
    Token{"Platform2", Kind::word, false},
    Token{"IF", Kind::text, true},
    Token{"ICMP4", Kind::text, true},
    Token{"ICMP6", Kind::text, true},
    Token{"Platform", Kind::text, true},
    Token{"RMAuth", Kind::text, false},
    Token{"RUAuth", Kind::text, false},
    Token{"SkipVer", Kind::text, false},
    Token{"LUAuth", Kind::text, false},
    Token{"LUAuth2_24", Kind::text, false},
    Token{"LUOwn", Kind::text, false},
    Token{"AppPkgId", Kind::text, false},
    Token{"PFN", Kind::text, false},
    Token{"TTK", Kind::text, true},
    Token{"TTK2_22", Kind::text, true},
    Token{"TTK2_27", Kind::text, true},
    Token{"TTK2_28", Kind::text, true},
    Token{"NNm", Kind::text, true},
    Token{"SecurityRealmId", Kind::text, false},
};

// Ports that a component of Windows chooses while it runs.
inline constexpr std::array<std::string_view, 12> port_keywords{"RPC",       "RPC-EPMap", "Teredo",     "IPTLSIn",
                                                                "IPHTTPSIn", "IPTLSOut",  "IPHTTPSOut", "DHCP",
                                                                "Ply2Disc",  "mDNS",      "CortanaOut", "TcpCDPSvc"};

inline constexpr std::array<std::string_view, 10> address_keywords{
    "LocalSubnet", "DNS",      "DHCP",        "WINS",        "DefaultGateway",
    "IntrAnet",    "IntErnet", "RmtIntrAnet", "Ply2Renders", "CaptivePortal"};

struct Word {
    std::string_view token, value;
};

inline constexpr std::array words{
    Word{"Defer", "App"},
    Word{"Defer", "User"},
    Word{"IFType", "Lan"},
    Word{"IFType", "Wireless"},
    Word{"IFType", "RemoteAccess"},
    Word{"Security", "Authenticate"},
    Word{"Security", "AuthenticateEncrypt"},
    Word{"Security2_9", "An-NoEncap"},
    Word{"Security2", "AnE-Nego"},
    Word{"Platform2", "GTEQ"},
};

// How the value of a token of an IPsec connection-security rule is read:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas/885f236b-39f5-4a83-bac8-3c5459e88a9a
enum class IpsecKind : std::uint8_t {
    action,
    active,
    profile,
    protocol,
    local_port,
    remote_port,
    local_address,
    remote_address,
    name,
    condition, // narrows whom the rule concerns
    ignored,   // says how to secure, not whom
};

struct IpsecToken {
    std::string_view name;
    IpsecKind kind;
};

inline constexpr std::array ipsec_tokens{
    IpsecToken{"Action", IpsecKind::action},
    IpsecToken{"Active", IpsecKind::active},
    IpsecToken{"Profile", IpsecKind::profile},
    IpsecToken{"Protocol", IpsecKind::protocol},
    IpsecToken{"EP1Port", IpsecKind::local_port},
    IpsecToken{"EP1Port2_10", IpsecKind::local_port},
    IpsecToken{"EP2Port", IpsecKind::remote_port},
    IpsecToken{"EP2Port2_10", IpsecKind::remote_port},
    IpsecToken{"EP1_4", IpsecKind::local_address},
    IpsecToken{"EP1_6", IpsecKind::local_address},
    IpsecToken{"EP2_4", IpsecKind::remote_address},
    IpsecToken{"EP2_6", IpsecKind::remote_address},
    IpsecToken{"Name", IpsecKind::name},
    IpsecToken{"Desc", IpsecKind::ignored},
    IpsecToken{"EmbedCtxt", IpsecKind::ignored},
    IpsecToken{"Auth1Set", IpsecKind::ignored},
    IpsecToken{"Auth2Set", IpsecKind::ignored},
    IpsecToken{"Crypto2Set", IpsecKind::ignored},
    IpsecToken{"SecureInClearOut", IpsecKind::ignored},
    IpsecToken{"SkipVer", IpsecKind::ignored},
    IpsecToken{"KeyMod", IpsecKind::ignored},
    IpsecToken{"KeyManagerDictate", IpsecKind::ignored},
    IpsecToken{"KeyManagerNotify", IpsecKind::ignored},
    IpsecToken{"FwdLifetime", IpsecKind::ignored},
    IpsecToken{"Authz", IpsecKind::ignored},
    IpsecToken{"TransportMachineAuthzSDDL", IpsecKind::ignored},
    IpsecToken{"TransportUserAuthzSDDL", IpsecKind::ignored},
    IpsecToken{"IF", IpsecKind::condition},
    IpsecToken{"IFType", IpsecKind::condition},
    IpsecToken{"Platform", IpsecKind::condition},
    IpsecToken{"Platform2", IpsecKind::condition},
    IpsecToken{"RTunnel4", IpsecKind::condition},
    IpsecToken{"LTunnel4", IpsecKind::condition},
    IpsecToken{"RTunnel6", IpsecKind::condition},
    IpsecToken{"LTunnel6", IpsecKind::condition},
    IpsecToken{"RTunnel4_2", IpsecKind::condition},
    IpsecToken{"RTunnel6_2", IpsecKind::condition},
    IpsecToken{"LTunnel4_2", IpsecKind::condition},
    IpsecToken{"LTunnel6_2", IpsecKind::condition},
    IpsecToken{"RTunnelFqdn", IpsecKind::condition},
    IpsecToken{"ByPassTunnel", IpsecKind::condition},
};

} // namespace rdpmedic::firewall
