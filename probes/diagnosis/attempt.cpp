// When did the client try, and which events are of that time?
#include "probes/diagnosis/attempt.hpp"

#include "probes/time_text.hpp"

#include <algorithm>
#include <charconv>

namespace rdpmedic::diagnosis {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Error malformed(std::string_view text, const char* why) {
    return {Errc::malformed, 0,
            "'" + std::string(text.substr(0, 40)) + "' " + why +
                "; write a time with its zone, as in 2026-01-15T08:30Z or 2026-01-15T09:30+01:00, or how long ago it "
                "was: 20m, 2h"};
}

std::optional<int> number_of(std::string_view digits) {
    int value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (digits.empty() || digits.front() == '-' || error != std::errc{} || stop != end)
        return std::nullopt;
    return value;
}

// "20m"; nothing where it is no such text.
std::optional<minutes> ago_of(std::string_view text) {
    if (text.size() < 2 || text.size() > 6)
        return std::nullopt;
    const auto count = number_of(text.substr(0, text.size() - 1));
    if (!count)
        return std::nullopt;
    switch (text.back()) {
    case 'm':
        return minutes{*count};
    case 'h':
        return hours{*count};
    default:
        return std::nullopt;
    }
}

// "+01:00" to 60 minutes, "Z" to none; nothing where it is neither.
std::optional<minutes> offset_of(std::string_view zone) {
    if (zone == "Z")
        return minutes{0};
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':')
        return std::nullopt;
    const auto hour = number_of(zone.substr(1, 2)), minute = number_of(zone.substr(4, 2));
    if (!hour || !minute || *hour > 14 || *minute > 59)
        return std::nullopt;
    const minutes offset = hours{*hour} + minutes{*minute};
    return zone[0] == '-' ? -offset : offset;
}

std::optional<Time> moment_of(std::string_view text) {
    constexpr std::size_t to_minutes = 16; // "2026-01-15T08:30"
    if (text.size() <= to_minutes)
        return std::nullopt;
    const bool seconds = text[to_minutes] == ':';
    const std::size_t end = seconds ? to_minutes + 3 : to_minutes;
    if (text.size() <= end)
        return std::nullopt;
    const auto offset = offset_of(text.substr(end));
    const auto time = time_from_iso(std::string(text.substr(0, end)) + (seconds ? "Z" : ":00Z"));
    if (!offset || !time)
        return std::nullopt;
    return *time - *offset;
}

} // namespace

Result<Time> attempt_time(std::string_view text, Time now) {
    const auto ago = ago_of(text);
    const std::optional<Time> time = ago ? std::optional<Time>(now - *ago) : moment_of(text);
    if (!time)
        return malformed(text, "is no time");
    if (*time > now)
        return malformed(text, "is still to come");
    if (now - *time > longest_ago)
        return malformed(text, "is longer ago than 24 hours");
    return *time;
}

events::Span span_of_attempt(Time at, Time now) { return {at - around_attempt, std::min(at + around_attempt, now)}; }

} // namespace rdpmedic::diagnosis
