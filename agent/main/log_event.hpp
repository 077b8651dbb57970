// How does what happens to a repair reach the log and the Windows Event Log?
#pragma once

#include "agent/log.hpp"
#include "agent/repair/repair_event.hpp"

namespace rdpmedic {

// One line under the id of the event. A step that begins is for those who listen live, and in no log.
inline void log_event(Log& log, const RepairEvent& event) {
    if (event.kind != RepairEventKind::step_running)
        log.event(static_cast<std::uint16_t>(event.kind), is_warning(event.kind) ? LogLevel::warn : LogLevel::info,
                  log_line(event));
}

} // namespace rdpmedic
