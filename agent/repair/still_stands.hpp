// Does the host still stand as a finished job left it, so that taking it back overwrites nobody's work?
#pragma once

#include "agent/repair/journal.hpp"
#include "probes/host.hpp"

namespace rdpmedic {

// What in the changes of a job is something else by now, for people; empty: everything stands. Of an object that the
// job changed twice only the last change counts. States of services come and go by themselves and always stand. An
// error: it could not be read. Blocks as the host does.
Result<std::vector<std::string>> changed_since(const JournalEntry& entry, const Host& host, const HostControl& control);

// The undos of a job, with those left out (as CannotUndo, which says why) whose object somebody has changed since, and
// whatever else would overwrite the same object. What is back already is taken back once more. For who takes back what
// nobody is there to decide about. An error: it could not be read, and nothing may be taken back. `entry.reached` must
// be set. Blocks.
Result<std::vector<Undo>> undo_of_what_stands(const JournalEntry& entry, const Host& host, const HostControl& control);

// For changes whose inverse brings back more than they made, so that comparing with the inverse says nothing: the
// catalogue of Winsock, the link of a certificate.
bool leaves_trace(const Change& made);
// A digest of what such a change left, to be kept in the journal and compared before it is taken back. Blocks.
Result<std::string> trace_of(const Change& made, const Host& host, const HostControl& control);

} // namespace rdpmedic
