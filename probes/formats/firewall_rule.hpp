// What does the string of a Windows Firewall rule say?
//
// The grammar is that of Group Policy; the local store and the MDM store write the same strings:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas/2efe0b76-7b4a-41ff-9050-1023f8196d16
#pragma once

#include "probes/letter_case.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rdpmedic::firewall {

enum class Action { allow, block, bypass };
enum class Direction { in, out };

// Bits of FW_PROFILE_TYPE:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-fasp/7704e238-174d-4a5e-b809-5f3787dd8acc
enum ProfileBits : std::uint8_t { domain_profile = 1, private_profile = 2, public_profile = 4, all_profiles = 7 };

struct PortRange {
    std::uint16_t first = 0, last = 0;
    friend bool operator==(const PortRange&, const PortRange&) = default;
};

// A token that is kept as it is written, under its name in the grammar: {"IFType", "Lan"}.
struct RuleField {
    std::string token, value;
    friend bool operator==(const RuleField&, const RuleField&) = default;
};

// Where reading a rule stopped, at what, and why.
struct RuleError {
    std::size_t offset = 0; // in bytes of the text
    std::string token;      // the field, as written
    std::string reason;
};

struct FirewallRule {
    std::string id; // name of the registry value
    std::uint8_t major = 0, minor = 0;
    Action action = Action::block;
    Direction direction = Direction::in;
    bool active = false; // a rule without Active= is inactive
    std::uint8_t profiles = all_profiles;
    std::optional<std::uint8_t> protocol;         // empty: any
    std::vector<PortRange> local_ports;           // empty together with the keywords: any
    std::vector<std::string> local_port_keywords; // "RPC", "Teredo": ports that other components choose
    std::vector<PortRange> remote_ports;
    std::vector<std::string> remote_port_keywords;
    std::vector<RuleField> local_addresses;  // LA4, LA6; empty: any
    std::vector<RuleField> remote_addresses; // RA4, RA6, RA42, RA62; empty: any
    std::string program, service;            // App, Svc; empty: any
    std::string name, description, group;    // Name, Desc, EmbedCtxt; may be "@FirewallAPI.dll,-28775"
    std::vector<RuleField> conditions;       // every other token of the grammar
    // The first token or value that this reader does not know: whatever it adds, everything else in the rule was read.
    std::optional<RuleError> not_understood;
    bool unknown_profile = false, unknown_port = false; // it names one that may be any
};

// boost::system::result calls this when value() is asked of a refused rule: a bug in the caller.
[[noreturn]] inline void throw_exception_from_error(const RuleError& error, const boost::source_location&) {
    throw std::logic_error("value() of a refused firewall rule: " + error.reason);
}
using RuleResult = boost::system::result<FirewallRule, RuleError>;

enum class Grammar {
    policy,            // as documented: ports only after Protocol=6 or Protocol=17
    service_hardening, // RestrictedServices: Windows ships rules there that name the ports first
};

// The rule, or what makes it no rule: no version, a field without "=", an Action, Dir, Active, Protocol or port that is
// none, a token twice, ports without TCP or UDP, no closing "|". A token or keyword that is not known does not refuse
// the rule but sets `not_understood`: newer versions of Windows add some, and everything else still says whom the rule
// concerns. Tokens and keywords compare without case: the rules that ship with Windows mix them. A "|" within Name,
// Desc or EmbedCtxt is kept. Pure; linear in the text.
RuleResult parse_firewall_rule(std::string_view id, std::string_view text, Grammar grammar = Grammar::policy);

} // namespace rdpmedic::firewall
