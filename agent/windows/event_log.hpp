// How do warnings reach the Windows Event Log?
#pragma once

#include <string_view>

namespace rdpmedic {

// One event in the Application log, source rdpmedic, with `line` as its text: id 1 for a warning, 2 for an error (see
// events.mc). An event that cannot be written is lost: the log file has the line as well. Thread-safe; may block.
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-reporteventw
void write_event(bool error, std::string_view line);

} // namespace rdpmedic
