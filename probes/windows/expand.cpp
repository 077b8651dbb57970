// Which file does a path with environment variables name?
#include "probes/windows/expand.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {
namespace {

bool is_absolute(std::wstring_view path) noexcept {
    const auto slash = [](wchar_t c) { return c == L'\\' || c == L'/'; };
    if (path.size() >= 3 && path[1] == L':' && slash(path[2]))
        return true;
    return path.size() >= 2 && slash(path[0]) && slash(path[1]);
}

} // namespace

Result<std::wstring> expand(std::string_view path) {
    const std::wstring raw = to_wide(path);
    std::wstring expanded(raw.size() + MAX_PATH, L'\0');
    for (int round = 0; round < 10; ++round) {
        const DWORD size =
            ::ExpandEnvironmentStringsW(raw.c_str(), expanded.data(), static_cast<DWORD>(expanded.size()));
        if (size == 0)
            return last_error("ExpandEnvironmentStringsW", path);
        if (size > expanded.size()) {
            expanded.resize(size);
            continue;
        }
        expanded.resize(size - 1);
        if (is_absolute(expanded))
            return expanded;
        return Error{Errc::malformed, 0, to_utf8(expanded) + ", which is not an absolute path"};
    }
    return error_of(ERROR_INSUFFICIENT_BUFFER, "ExpandEnvironmentStringsW", path);
}

} // namespace rdpmedic::windows
