// The hands on the real machine.
#pragma once

#include "agent/repair/change.hpp"

#include <memory>

namespace rdpmedic {

std::unique_ptr<HostControl> make_windows_control();

} // namespace rdpmedic
