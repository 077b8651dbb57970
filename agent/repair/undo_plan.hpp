// What would take a finished repair back, and is it taken back when that is made?
#pragma once

#include "agent/repair/desk.hpp"
#include "agent/repair/journal.hpp"
#include "agent/repair/verify.hpp"
#include "probes/host.hpp"

namespace rdpmedic {

// The inverses of a finished job as a plan, in their order (undo_order.hpp). Refused: not_undoable where the job
// changed nothing, was taken back already, or was never finished; changed_since where what it had set is something else
// by now. Blocks as the host does; changes nothing.
std::variant<Plan, Refusal> plan_undo(const JournalEntry& entry, const Host& host, const HostControl& control);

// Once such a plan is made: does every service run that it restarts? Blocks.
Verdict verify_undone(const Plan& plan, const Host& host);

} // namespace rdpmedic
