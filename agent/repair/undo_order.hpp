// In which order is a repair taken back, so that no service runs on with what was taken back under it?
#pragma once

#include "agent/repair/journal.hpp"
#include "probes/host.hpp"

namespace rdpmedic {

// The undos of all steps up to `reached`, newest first, with two exceptions. A service that was restarted after changes
// which it reads when it starts is stopped before they go back and started after them, dependents around it as they
// were at the restart. And where TermService is stopped, whatever else depends on it by now and runs is stopped before
// it, and started again where it is. Blocks as the host does; what cannot be read is taken not to run.
std::vector<Undo> undo_order(const std::vector<Undo>& undo, std::size_t reached, const Host& host);

// Services that are stopped and started again in these changes.
std::vector<std::string> restarted_in(const std::vector<Change>& changes);

// Empty: it runs. Blocks.
std::string why_not_running(const std::string& service, const Host& host);

} // namespace rdpmedic
