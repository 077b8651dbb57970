// What does raw registry data say?
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include "probes/windows/handle.hpp"

#include <cstring>

namespace rdpmedic::windows {
namespace {

template <class T>
T number_of(const Bytes& data) {
    T number{};
    std::memcpy(&number, data.data(), sizeof number);
    return number;
}

std::wstring wide_of(const Bytes& data) {
    std::wstring text(data.size() / sizeof(wchar_t), L'\0');
    if (!text.empty())
        std::memcpy(text.data(), data.data(), text.size() * sizeof(wchar_t));
    return text;
}

// A list ends at its first empty string; the closing NULs may be missing, since nobody enforces them.
std::vector<std::string> list_of(std::wstring_view text) {
    std::vector<std::string> list;
    while (!text.empty() && text.front() != L'\0') {
        const std::wstring_view item = before_nul(text);
        list.push_back(to_utf8(item));
        text.remove_prefix(std::min(item.size() + 1, text.size()));
    }
    return list;
}

} // namespace

// Windows stores whatever size a writer passes, and text with or without its closing NUL:
// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regqueryvalueexw#remarks
RegistryValue typed_value(std::uint32_t type, Bytes data) {
    const bool whole_text = data.size() % sizeof(wchar_t) == 0;
    switch (type) {
    case REG_DWORD:
        if (data.size() == 4)
            return {type, number_of<std::uint32_t>(data)};
        break;
    case REG_QWORD:
        if (data.size() == 8)
            return {type, number_of<std::uint64_t>(data)};
        break;
    case REG_SZ:
    case REG_EXPAND_SZ:
        if (whole_text)
            return {type, to_utf8(before_nul(wide_of(data)))};
        break;
    case REG_MULTI_SZ:
        if (whole_text)
            return {type, list_of(wide_of(data))};
        break;
    }
    return {type, std::move(data)};
}

} // namespace rdpmedic::windows
