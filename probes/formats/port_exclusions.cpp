// Which ports does netsh list as excluded?
#include "probes/formats/port_exclusions.hpp"

#include <charconv>

namespace rdpmedic {
namespace {

void skip_blanks(std::string_view& text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    text.remove_prefix(begin == text.npos ? text.size() : begin);
}

// A port number up to the next blank or the end.
std::optional<std::uint16_t> take_port(std::string_view& text) {
    skip_blanks(text);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{})
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty() && text.front() != ' ' && text.front() != '\t' && text.front() != '\r')
        return std::nullopt;
    return port;
}

std::optional<PortRange> parse_line(std::string_view line) {
    const std::optional<std::uint16_t> first = take_port(line);
    if (!first)
        return std::nullopt;
    const std::optional<std::uint16_t> last = take_port(line);
    if (!last)
        return std::nullopt;
    skip_blanks(line);
    if (*first > *last || (!line.empty() && line.front() != '*'))
        return std::nullopt;
    return PortRange{*first, *last};
}

// "----------    --------"
bool is_ruler(std::string_view line) {
    return line.find("--") != line.npos && line.find_first_not_of("- \t\r") == line.npos;
}

} // namespace

Result<std::vector<PortRange>> parse_excluded_ports(std::string_view output) {
    std::vector<PortRange> ranges;
    bool table = false;
    while (!output.empty()) {
        const std::string_view line = output.substr(0, output.find('\n'));
        output.remove_prefix(line.size() == output.size() ? line.size() : line.size() + 1);
        table = table || is_ruler(line);
        if (const auto range = table ? parse_line(line) : std::nullopt)
            ranges.push_back(*range);
    }
    if (!table)
        return Error{Errc::malformed, 0, "the excluded port ranges, which are no table"};
    return ranges;
}

} // namespace rdpmedic
