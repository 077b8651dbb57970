// Where is this program?
#include "agent/main/program_path.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"

namespace rdpmedic {

Result<std::filesystem::path> program_path() {
    std::wstring path(32768, L'\0'); // the longest path that Windows knows
    const DWORD length = ::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
    if (length == 0 || length == path.size())
        return windows::last_error("GetModuleFileNameW", "this program");
    path.resize(length);
    return std::filesystem::path(path);
}

} // namespace rdpmedic
