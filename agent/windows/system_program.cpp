// How does a program that ships with Windows run, and no other of its name?
#include "agent/windows/system_program.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/program_output.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {

Result<std::string> system_program(const std::wstring& name, const std::wstring& arguments,
                                   std::chrono::milliseconds patience) {
    wchar_t folder[MAX_PATH] = {};
    const UINT size = ::GetSystemDirectoryW(folder, MAX_PATH);
    if (size == 0 || size >= MAX_PATH)
        return last_error("GetSystemDirectoryW", to_utf8(name));
    return program_output(std::wstring(folder, size) + L"\\" + name, arguments, patience);
}

} // namespace rdpmedic::windows
