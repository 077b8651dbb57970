// Has the machine been restarted since?
//
// One implementation a system: agent/posix/boot_mark.cpp and agent/windows/boot_mark.cpp.
#pragma once

#include "probes/result.hpp"

#include <string>

namespace rdpmedic {

// The same text until the machine starts anew. Does not block for long.
Result<std::string> boot_mark();

} // namespace rdpmedic
