// Who runs this process?
//
// One implementation a system: agent/main/posix/user_name.cpp and agent/main/windows/user_name.cpp.
#pragma once

#include <string>

namespace rdpmedic {

// The user whom the system knows, whatever the environment says, in UTF-8: "EXAMPLE\jörg" on Windows. Where the system
// cannot tell, words that say so.
std::string user_name();

} // namespace rdpmedic
