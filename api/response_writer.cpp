// What does an answer look like on the wire?
#include "api/response_writer.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace rdpmedic::api {
namespace {

void append_number(std::string& wire, std::size_t number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    wire.append(digits.data(), end);
}

void append_field(std::string& wire, std::string_view name, std::string_view value) {
    wire.append(name).append(": ").append(value).append("\r\n");
}

} // namespace

std::string_view reason_of(unsigned status) noexcept {
    switch (status) {
    case 200:
        return "OK";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 417:
        return "Expectation Failed";
    case 422:
        return "Unprocessable Content";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 503:
        return "Service Unavailable";
    default:
        return "Status";
    }
}

std::string to_http_date(Time moment) {
    using namespace std::chrono;
    static constexpr std::array days_of_week{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_days day = floor<days>(moment);
    const year_month_day date{day};
    const hh_mm_ss<seconds> time{moment - day};
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                                   days_of_week[weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                                   months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                                   static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                                   static_cast<int>(time.seconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

void append(std::string& wire, const Response& response, const Framing& framing) {
    const std::string_view body = response.body ? std::string_view(*response.body) : std::string_view{};
    wire.append("HTTP/1.1 ");
    append_number(wire, response.status);
    wire.append(" ").append(reason_of(response.status)).append("\r\n");
    append_field(wire, "Server", "rdpmedic");
    if (!framing.date.empty())
        append_field(wire, "Date", framing.date);
    if (response.status != 304 && response.status != 204) {
        append_field(wire, "Content-Type", response.type);
        if (!response.open_ended) {
            wire.append("Content-Length: ");
            append_number(wire, body.size());
            wire.append("\r\n");
        }
    }
    if (!response.cacheable)
        append_field(wire, "Cache-Control", "no-store");
    append_field(wire, "X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : response.fields)
        append_field(wire, name, value);
    if (!framing.keep_alive)
        append_field(wire, "Connection", "close");
    else if (framing.old_http)
        append_field(wire, "Connection", "keep-alive");
    wire.append("\r\n");
    if (!framing.head && response.status != 304)
        wire.append(body);
}

} // namespace rdpmedic::api
