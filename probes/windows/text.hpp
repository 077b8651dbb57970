// How does text cross the border to Windows? UTF-8 here, UTF-16 there.
#pragma once

#include <string>
#include <string_view>

namespace rdpmedic::windows {

// Never fail: what is not valid on one side (half a surrogate pair in the registry, a stray byte) becomes U+FFFD, the
// replacement character, on the other.
// https://learn.microsoft.com/windows/win32/api/stringapiset/nf-stringapiset-widechartomultibyte
std::wstring to_wide(std::string_view utf8);
std::string to_utf8(std::wstring_view wide);

// The text before the first NUL, as readers of C strings in Windows see it.
std::wstring_view before_nul(std::wstring_view text) noexcept;

} // namespace rdpmedic::windows
