// What does the string of an IPsec connection-security rule say?
//
// The grammar is that of Group Policy; the local store writes the same strings:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas/885f236b-39f5-4a83-bac8-3c5459e88a9a
#pragma once

#include "probes/formats/firewall_rule.hpp"

namespace rdpmedic::firewall {

// FW_CS_RULE_ACTION:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-fasp/358add6d-adf7-4b6f-8b6a-66535ac802ed
enum class IpsecAction {
    secure,        // requires IPsec in both directions
    secure_server, // requires it of what comes in
    boundary,      // asks for it, and goes on without
    do_not_secure, // exempts
};

// Endpoint 1 is this host's in a rule without tunnel, endpoint 2 the other one.
struct IpsecRule {
    std::string id; // name of the registry value
    IpsecAction action = IpsecAction::boundary;
    bool active = false; // a rule without Active= is inactive
    std::uint8_t profiles = all_profiles;
    std::optional<std::uint8_t> protocol; // empty: any
    std::vector<PortRange> local_ports, remote_ports;
    std::vector<RuleField> local_addresses, remote_addresses; // EP1_4 ..., EP2_4 ...; empty: any
    std::string name;
    std::vector<RuleField> conditions; // every other token of the grammar
    std::optional<RuleError> not_understood;
};

// boost::system::result calls throw_exception_from_error(RuleError) of firewall_rule.hpp.
using IpsecRuleResult = boost::system::result<IpsecRule, RuleError>;

// The rule, or what makes it no rule: no version, a field without "=" outside free text, an Action, Active, Profile,
// Protocol or port that is none, no Action, no closing "|". A token that is not known sets `not_understood`. Tokens
// compare without case. Pure; linear in the text.
IpsecRuleResult parse_ipsec_rule(std::string_view id, std::string_view text);

// May a text that is no rule to this reader be one to a newer Windows, and require IPsec? So unless it says nothing of
// being active, or its actions are all such that require nothing. Pure.
bool may_require_ipsec(std::string_view refused);

// Must a TCP connection to `port` of this host be secured by IPsec, as far as this rule goes? Pure.
enum class IpsecDemand { none, required, exempt, unclear };
struct IpsecVerdict {
    IpsecDemand demand = IpsecDemand::none;
    bool for_some = false; // only of some addresses, interfaces or platforms
};
IpsecVerdict demand_of(const IpsecRule& rule, std::uint16_t port);

} // namespace rdpmedic::firewall
