// How are times written for other programs?
#include "api/time_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace rdpmedic::api {
namespace {

using namespace std::chrono;

constexpr sys_seconds earliest = sys_days{year{0} / 1 / 1};
constexpr sys_seconds latest = sys_days{year{10000} / 1 / 1} - seconds{1};

struct Parts {
    year_month_day date;
    hh_mm_ss<seconds> time;
    weekday day;
};

Parts parts_of(sys_seconds moment) {
    const sys_seconds held = std::clamp(moment, earliest, latest);
    const sys_days day = floor<days>(held);
    return {year_month_day{day}, hh_mm_ss<seconds>{held - day}, weekday{day}};
}

// The number in text[at, at + digits), or -1.
int number(std::string_view text, std::size_t at, std::size_t digits) {
    int value = 0;
    for (const char c : text.substr(at, digits)) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

} // namespace

std::string to_text(sys_seconds moment) {
    const Parts parts = parts_of(moment);
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                                   static_cast<int>(parts.date.year()), static_cast<unsigned>(parts.date.month()),
                                   static_cast<unsigned>(parts.date.day()), static_cast<int>(parts.time.hours().count()),
                                   static_cast<int>(parts.time.minutes().count()),
                                   static_cast<int>(parts.time.seconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

Result<sys_seconds> time_from_text(std::string_view text) {
    const Error malformed{Errc::malformed, 0, "time '" + std::string(text.substr(0, 40)) + "'"};
    if (text.size() != 20) return malformed;
    for (const auto& [at, mark] : std::array<std::pair<std::size_t, char>, 6>{
             {{4, '-'}, {7, '-'}, {10, 'T'}, {13, ':'}, {16, ':'}, {19, 'Z'}}})
        if (text[at] != mark) return malformed;
    const int y = number(text, 0, 4), mo = number(text, 5, 2), d = number(text, 8, 2);
    const int h = number(text, 11, 2), mi = number(text, 14, 2), s = number(text, 17, 2);
    if (y < 0 || mo < 1 || d < 1 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59) return malformed;
    const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
    if (!date.ok()) return malformed;
    return sys_seconds{sys_days{date}} + hours{h} + minutes{mi} + seconds{s};
}

std::string to_http_date(sys_seconds moment) {
    static constexpr std::array days_of_week{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Parts parts = parts_of(moment);
    std::array<char, 64> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT", days_of_week[parts.day.c_encoding()],
        static_cast<unsigned>(parts.date.day()), months[static_cast<unsigned>(parts.date.month()) - 1],
        static_cast<int>(parts.date.year()), static_cast<int>(parts.time.hours().count()),
        static_cast<int>(parts.time.minutes().count()), static_cast<int>(parts.time.seconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

} // namespace rdpmedic::api
