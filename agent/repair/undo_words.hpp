// How would each change be taken back, in words, before anybody has made it?
#pragma once

#include "agent/repair/plan.hpp"

namespace rdpmedic {

// "the old value is set again"; what cannot be taken back by its nature says so, and what needs no undoing gives
// "nothing to undo: ...". Pure: what stands there now is captured only when the repair begins.
std::string undo_of(const Change& change);

// Each way back once, the last change first; Rung::undo alone where the rung says how.
std::vector<std::string> undo_of(const Rung& rung);

} // namespace rdpmedic
