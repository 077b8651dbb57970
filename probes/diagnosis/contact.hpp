// What does the number of the client say about how far it came, and which causes does that leave?
#pragma once

#include "probes/diagnosis/rank.hpp"

namespace rdpmedic::diagnosis {

// Whether the client shows one of these numbers.
bool is_shown(const CodeSign& sign, std::optional<std::uint32_t> number);

// Which of the two numbers proves a cause by itself: a name that was not found, a client without memory. All of them
// are about the client's side.
struct OwnSide {
    bool code = false, extended = false;
};
OwnSide own_side_of(const Question& question, const std::vector<Cause>& all);

// What a number that proves an answer, or that there was none, does to causes without contact.
void look_at_contact(RankedCause& ranked, const Question& question);

// A cause that cannot have led to the number of the client is possible at most. Asks for the confidence without that.
void set_aside(RankedCause& ranked, const Question& question, const OwnSide& own_side);

} // namespace rdpmedic::diagnosis
