// How does text cross the border to Windows? UTF-8 here, UTF-16 there.
#include "probes/windows/text.hpp"

#include "probes/windows/handle.hpp"

#include <climits>
#include <stdexcept>

namespace rdpmedic::windows {
namespace {

int length_of(std::size_t size) {
    if (size > INT_MAX / 4)
        throw std::length_error("text of more than 512 MiB");
    return static_cast<int>(size);
}

} // namespace

std::wstring to_wide(std::string_view utf8) {
    if (utf8.empty())
        return {};
    const int size = length_of(utf8.size());
    // UTF-16 never has more units than UTF-8 has bytes.
    std::wstring wide(utf8.size(), L'\0');
    const int written = ::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, wide.data(), size);
    wide.resize(static_cast<std::size_t>(written));
    return wide;
}

std::string to_utf8(std::wstring_view wide) {
    if (wide.empty())
        return {};
    const int size = length_of(wide.size());
    // One unit of UTF-16 is at most three bytes of UTF-8.
    std::string utf8(wide.size() * 3, '\0');
    const int written = ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, utf8.data(), size * 3, nullptr, nullptr);
    utf8.resize(static_cast<std::size_t>(written));
    return utf8;
}

std::wstring_view before_nul(std::wstring_view text) noexcept { return text.substr(0, text.find(L'\0')); }

} // namespace rdpmedic::windows
