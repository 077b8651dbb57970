// Where is this program?
#pragma once

#include "probes/result.hpp"

#include <filesystem>

namespace rdpmedic {

// The full path of the running .exe.
// https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulefilenamew
Result<std::filesystem::path> program_path();

} // namespace rdpmedic
