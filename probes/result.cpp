// How are errors named in recordings, logs and messages?
#include "probes/result.hpp"

#include <array>

namespace rdpmedic {
namespace {

struct Row {
    Errc code;
    const char* name;
    const char* text;
};

constexpr std::array rows{
    Row{Errc::not_found, "not_found", "not found"},        Row{Errc::access_denied, "access_denied", "access denied"},
    Row{Errc::timed_out, "timed_out", "timed out"},        Row{Errc::unsupported, "unsupported", "not supported here"},
    Row{Errc::malformed, "malformed", "malformed answer"}, Row{Errc::io, "io", "failed"},
};

// HRESULTs are known by their hexadecimal form, Win32 codes by their decimal one.
std::string number_of(std::uint32_t native) {
    if (native < 0x80000000U)
        return std::to_string(native);
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text = "0x";
    for (int shift = 28; shift >= 0; shift -= 4)
        text += digits[native >> shift & 0xFU];
    return text;
}

const Row& row_of(Errc code) noexcept {
    for (const Row& row : rows)
        if (row.code == code)
            return row;
    return rows.back();
}

} // namespace

const char* name_of(Errc code) noexcept { return row_of(code).name; }

Errc errc_from_name(std::string_view name) noexcept {
    for (const Row& row : rows)
        if (name == row.name)
            return row.code;
    return Errc::io;
}

std::string describe(const Error& error) {
    std::string text = row_of(error.code).text;
    if (error.native != 0)
        text += " (" + number_of(error.native) + ")";
    if (!error.where.empty())
        text += (error.native != 0 ? " at " : ": ") + error.where; // a code comes from a call; without one it is prose
    return text;
}

} // namespace rdpmedic
