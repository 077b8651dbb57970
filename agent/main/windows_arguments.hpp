// What did the user type, on Windows?
#pragma once

#include <string>
#include <vector>

namespace rdpmedic {

// The arguments of this process in UTF-8, without the program's name.
// https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw
std::vector<std::string> utf8_arguments();

} // namespace rdpmedic
