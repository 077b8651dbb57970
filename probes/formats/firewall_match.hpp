// Does one firewall rule concern a connection: not at all, for some, for everybody, or can nobody say?
#pragma once

#include "probes/formats/firewall_evaluation.hpp"

namespace rdpmedic::firewall {

enum class Match { no, unclear, partly, fully };

struct MatchResult {
    Match match = Match::no;
    LimitKind kind = LimitKind::addresses; // of `partly`
    std::string detail;                    // of `partly` and `unclear`: the fields that limit it or are not understood
};

// Whether the rule concerns the connection, whatever its profiles and whether it is active. Pure.
MatchResult match(const FirewallRule& rule, const Connection& connection);

// What a text that is no rule still says of itself. Windows does not enforce what it cannot parse, but what this reader
// refuses a newer Windows may accept.
struct Hints {
    bool active = false, inbound = true;
    std::optional<Action> action;
};
Hints hints_of(std::string_view text);

} // namespace rdpmedic::firewall
