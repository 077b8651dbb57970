// What would take a finished repair back, and does everything still stand as it left it?
#pragma once

#include "agent/repair/desk.hpp"
#include "agent/repair/journal.hpp"
#include "probes/host.hpp"

namespace rdpmedic {

// The inverses of a finished job as a plan, newest first. Refused: not_undoable where the job changed nothing, was
// taken back already, or was never finished; changed_since where what it had set is something else by now. Blocks as
// the host does; changes nothing.
std::variant<Plan, Refusal> plan_undo(const JournalEntry& entry, const Host& host, const HostControl& control);

// Does the host still say what `made` had made of it? States of services come and go by themselves and always stand.
// An error: it could not be read. Blocks.
Result<bool> still_stands(const Change& made, const HostControl& control);

} // namespace rdpmedic
