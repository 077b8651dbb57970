// What did the user type?
#pragma once

#include <string>
#include <vector>

namespace rdpmedic {

// Parses, carries out the command and returns its exit code; usage errors and exceptions are 2, of check, diagnose and
// handshake 3, with a hint on standard error. `arguments` without the program's name, in UTF-8. Blocks for as long as
// the command takes.
int run_command_line(std::vector<std::string> arguments);

} // namespace rdpmedic
