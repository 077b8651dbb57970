// Is somebody sitting in front of it?
//
// One implementation a system: agent/main/posix/terminal.cpp and agent/main/windows/terminal.cpp.
#pragma once

#include <cstddef>

namespace rdpmedic {

// Standard input and standard error are a terminal: a question can be asked and answered.
bool can_ask();

// Whether a line was ended by Enter since it was asked last. Does not block. Only where can_ask.
bool enter_was_pressed();

// Standard output is a terminal in which lines can be drawn over. Switches that on where it is off.
bool can_redraw();

// Characters in a line of standard output; 80 where that is not known.
std::size_t terminal_width();

} // namespace rdpmedic
