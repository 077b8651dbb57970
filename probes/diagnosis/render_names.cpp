// Which names of people does an event hold, that the reader of a page does not need?
#include "probes/diagnosis/render.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace rdpmedic::diagnosis {
namespace {

// What events say of the fault. Everything else goes: users, domains, and text that holds them.
constexpr std::array kept{
    std::string_view("Address"),   std::string_view("AlertDesc"),  std::string_view("Bandwidth"),
    std::string_view("ClientIP"),  std::string_view("ConnType"),   std::string_view("Direction"),
    std::string_view("Error"),     std::string_view("ErrorCode"),  std::string_view("ErrorState"),
    std::string_view("EventName"), std::string_view("IPString"),   std::string_view("IpAddress"),
    std::string_view("LogonType"), std::string_view("Protocol"),   std::string_view("RTT"),
    std::string_view("Reason"),    std::string_view("ReasonCode"), std::string_view("ResultCode"),
    std::string_view("Session"),   std::string_view("SessionID"),  std::string_view("SourceAddress"),
    std::string_view("Status"),    std::string_view("SubStatus"),  std::string_view("Type"),
    std::string_view("error"),     std::string_view("service"),
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_of_name(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "2026-01-15T08:30:00Z ", as the samples of events begin.
bool begins_with_time(std::string_view line) {
    constexpr std::string_view form = "0000-00-00T00:00:00Z ";
    return line.size() >= form.size() && std::equal(form.begin(), form.end(), line.begin(), [](char wanted, char c) {
               return wanted == '0' ? is_digit(c) : wanted == c;
           });
}

// Where "Name=" begins behind a blank, from `at` on; the end where there is none.
std::size_t next_field(std::string_view line, std::size_t at) {
    while ((at = line.find(' ', at)) != std::string_view::npos) {
        std::size_t end = ++at;
        while (end < line.size() && is_of_name(line[end]))
            ++end;
        if (end > at && end < line.size() && line[end] == '=')
            return at;
    }
    return line.size();
}

// Behind "time provider id"; a provider can have blanks, and its id is the first word of digits.
std::size_t end_of_head(std::string_view line) {
    for (std::size_t at = line.find(' '); at != std::string_view::npos; at = line.find(' ', at + 1)) {
        const std::size_t end = std::min(line.find(' ', at + 1), line.size());
        if (end > at + 1 && std::all_of(line.begin() + static_cast<std::ptrdiff_t>(at + 1),
                                        line.begin() + static_cast<std::ptrdiff_t>(end), is_digit))
            return end;
    }
    return line.size();
}

// Classic events have their text without a name: that of the connection manager is a status or a computer.
bool keeps_text(std::string_view head) { return head.find(" RemoteConnectionManager ") != std::string_view::npos; }

// Unnamed parameters are known by their event: the address is the third of 1149 and the first of 1158.
bool is_kept(std::string_view name, std::string_view head) {
    if (name == "Param3")
        return head.ends_with(" 1149");
    if (name == "Param1")
        return head.ends_with(" 1158");
    return std::find(kept.begin(), kept.end(), name) != kept.end();
}

} // namespace

std::string without_names(std::string_view line) {
    if (!begins_with_time(line))
        return std::string(line);
    const std::string_view head = line.substr(0, end_of_head(line));
    std::size_t at = next_field(line, head.size());
    std::string left(keeps_text(head) ? line.substr(0, at) : head);
    while (!left.empty() && left.back() == ' ')
        left.pop_back();
    while (at < line.size()) {
        const std::size_t end = next_field(line, at);
        std::string_view field = line.substr(at, end - at);
        while (!field.empty() && field.back() == ' ')
            field.remove_suffix(1);
        if (is_kept(field.substr(0, field.find('=')), head))
            left += " " + std::string(field);
        at = end;
    }
    return left;
}

} // namespace rdpmedic::diagnosis
