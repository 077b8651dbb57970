// Which file does a path with environment variables name?
#pragma once

#include "probes/result.hpp"

#include <string>
#include <string_view>

namespace rdpmedic::windows {

// Variables that do not exist stay as they are, so the path names nothing and the read says so. A relative path would
// depend on the current folder, which differs between the service and the command line: malformed.
// https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-expandenvironmentstringsw
Result<std::wstring> expand(std::string_view path);

} // namespace rdpmedic::windows
