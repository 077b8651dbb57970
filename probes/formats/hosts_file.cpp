// Which addresses does a hosts file give to which names?
#include "probes/formats/hosts_file.hpp"

#include "probes/formats/dns_name.hpp"

#include <algorithm>

namespace rdpmedic {
namespace {

// The next word of a line, which it is taken from. Empty at the end.
std::string_view take_word(std::string_view& line) {
    constexpr std::string_view blanks = " \t\r\v\f";
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(blanks)));
    const std::string_view word = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(word.size());
    return word;
}

} // namespace

std::vector<HostsEntry> parse_hosts_file(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF"; // of UTF-8, as Notepad puts it
    if (text.substr(0, mark.size()) == mark)
        text.remove_prefix(mark.size());
    std::vector<HostsEntry> entries;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view whole = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), whole.size() + 1));
        std::string_view line = whole.substr(0, whole.find('#'));
        const std::string_view written = take_word(line);
        const auto address = parse_ip_address(written);
        if (!address)
            continue;
        for (std::string_view name = take_word(line); !name.empty(); name = take_word(line))
            entries.push_back({*address, std::string(written), plain_name(name), number});
    }
    return entries;
}

} // namespace rdpmedic
