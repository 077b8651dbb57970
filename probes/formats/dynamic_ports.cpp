// What does `netsh interface ipv4 show dynamicport tcp` say, in whatever language?
#include "probes/formats/dynamic_ports.hpp"

#include <charconv>

namespace rdpmedic {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// The number at the end of a line, with blanks after it.
std::optional<std::uint32_t> last_number(std::string_view line) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
        line.remove_suffix(1);
    std::size_t digits = 0;
    while (digits < line.size() && is_digit(line[line.size() - 1 - digits]))
        ++digits;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(line.data() + line.size() - digits, line.data() + line.size(), number);
    if (digits == 0 || error != std::errc{})
        return std::nullopt;
    return number;
}

} // namespace

Result<PortRange> parse_dynamic_ports(std::string_view text) {
    std::vector<std::uint32_t> numbers;
    bool below_dashes = false;
    while (!text.empty() && numbers.size() < 3) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.substr(0, 4) == "----")
            below_dashes = true;
        else if (const auto number = last_number(line); below_dashes && number)
            numbers.push_back(*number);
    }
    if (numbers.empty())
        return Error{Errc::unsupported, 0, "netsh interface ipv4 show dynamicport tcp, which printed no range"};
    if (numbers.size() != 2 || numbers[0] == 0 || numbers[0] > 65535 || numbers[1] == 0 ||
        numbers[1] > 65536 - numbers[0])
        return Error{Errc::malformed, 0, "netsh interface ipv4 show dynamicport tcp, whose numbers are no range"};
    return PortRange{static_cast<std::uint16_t>(numbers[0]), static_cast<std::uint16_t>(numbers[0] + numbers[1] - 1)};
}

} // namespace rdpmedic
