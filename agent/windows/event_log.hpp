// How do warnings and events of repairs reach the Windows Event Log?
#pragma once

#include <cstdint>
#include <string_view>

namespace rdpmedic {

// One event in the Application log, source rdpmedic, with `line` as its text: id 1 for a warning, 2 for an error (see
// events.mc). An event that cannot be written is lost: the log file has the line as well. Thread-safe; may block.
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-reporteventw
void write_event(bool error, std::string_view line);

// The same under an id of events.mc, whose severity there is what `warning` says.
void write_event(std::uint16_t id, bool warning, std::string_view line);

} // namespace rdpmedic
