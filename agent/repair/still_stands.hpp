// Does the host still stand as a finished job left it, so that taking it back overwrites nobody's work?
#pragma once

#include "agent/repair/journal.hpp"
#include "probes/host.hpp"

namespace rdpmedic {

// What in the changes of a job is something else by now, for people; empty: everything stands. Of an object that the
// job changed twice only the last change counts. States of services come and go by themselves and always stand. An
// error: it could not be read. Blocks as the host does.
Result<std::vector<std::string>> changed_since(const JournalEntry& entry, const Host& host, const HostControl& control);

// For changes whose inverse brings back more than they made, so that comparing with the inverse says nothing: the
// catalogue of Winsock, the link of a certificate.
bool leaves_trace(const Change& made);
// A digest of what such a change left, to be kept in the journal and compared before it is taken back. Blocks.
Result<std::string> trace_of(const Change& made, const Host& host, const HostControl& control);

} // namespace rdpmedic
