// Which bytes does Windows store for a registry value?
#pragma once

#include "probes/facts.hpp"

namespace rdpmedic::windows {

// Text with its closing NUL, a list with one more. Pure.
Bytes registry_data(const RegistryValue& value);

} // namespace rdpmedic::windows
