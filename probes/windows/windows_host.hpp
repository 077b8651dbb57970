// Where does the real machine answer?
#pragma once

#include "probes/host.hpp"

#include <memory>

namespace rdpmedic {

// Reads this machine through the Windows API. Changes nothing.
std::unique_ptr<Host> make_windows_host();

} // namespace rdpmedic
