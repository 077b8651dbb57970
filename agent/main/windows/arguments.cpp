// What did the user type, on Windows?
#include "agent/main/windows_arguments.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/text.hpp"

#include <shellapi.h>

namespace rdpmedic {
namespace {

struct ArgumentsTraits {
    using Raw = LPWSTR*;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::LocalFree(raw); }
};

} // namespace

std::vector<std::string> utf8_arguments() {
    ::SetConsoleOutputCP(CP_UTF8); // what this program prints is UTF-8
    int count = 0;
    const windows::Handle<ArgumentsTraits> values(::CommandLineToArgvW(::GetCommandLineW(), &count));
    std::vector<std::string> arguments;
    for (int i = 1; values && i < count; ++i)
        arguments.push_back(windows::to_utf8(values.get()[i]));
    return arguments;
}

} // namespace rdpmedic
