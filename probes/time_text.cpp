// How is a time written for people and machines alike?
#include "probes/time_text.hpp"

#include <charconv>
#include <cstdio>

namespace rdpmedic {
namespace {

// A number of exactly `text.size()` digits, -1 otherwise.
int digits(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && text.front() != '-' ? value : -1;
}

} // namespace

std::string to_iso(Time time) {
    using namespace std::chrono;
    const sys_days day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss<seconds> clock{time - day};
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02dZ", int{date.year()}, unsigned{date.month()},
                  unsigned{date.day()}, static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return buffer;
}

Result<Time> time_from_iso(std::string_view text) {
    using namespace std::chrono;
    const Error malformed{Errc::malformed, 0,
                          "time '" + std::string(text.substr(0, 40)) + "', expected YYYY-MM-DDThh:mm:ssZ"};
    if (text.size() != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
        text[16] != ':' || text[19] != 'Z')
        return malformed;
    const int y = digits(text.substr(0, 4)), m = digits(text.substr(5, 2)), d = digits(text.substr(8, 2));
    const int hour = digits(text.substr(11, 2)), minute = digits(text.substr(14, 2)),
              second = digits(text.substr(17, 2));
    if (y < 0 || m < 0 || d < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return malformed;
    const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    if (!date.ok())
        return malformed;
    return Time{sys_days{date}} + hours{hour} + minutes{minute} + seconds{second};
}

} // namespace rdpmedic
