// Which hosts does a list name?
#include "probes/network/host_list.hpp"

#include "probes/formats/utf16.hpp"
#include "probes/letter_case.hpp"
#include "probes/network/handshake_findings.hpp"
#include "probes/network/handshake_report.hpp"

#include <set>

namespace rdpmedic::handshake {
namespace {

std::string without_mark(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF"))
        return std::string(text.substr(3));
    if (text.starts_with("\xFF\xFE"))
        return utf8_from_utf16le(reinterpret_cast<const std::uint8_t*>(text.data()) + 2, text.size() - 2);
    return std::string(text);
}

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view blanks = " \t\r";
    line = line.substr(0, line.find('#'));
    const std::size_t first = line.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return line.substr(first, line.find_last_not_of(blanks) + 1 - first);
}

std::string folded(const Endpoint& endpoint) { return lower(text_of(endpoint)); }

} // namespace

Result<std::vector<Endpoint>> parse_host_list(std::string_view text, const std::string& name) {
    const std::string whole = without_mark(text);
    std::vector<Endpoint> hosts;
    std::set<std::string> known;
    std::size_t number = 0;
    for (std::string_view rest = whole; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = trimmed(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        ++number;
        if (line.empty())
            continue;
        Result<Endpoint> endpoint = parse_endpoint(line);
        if (!endpoint)
            return Error{Errc::malformed, 0, name + ":" + std::to_string(number) + ": " + endpoint.error().where};
        if (known.insert(folded(*endpoint)).second)
            hosts.push_back(std::move(*endpoint));
    }
    if (hosts.empty())
        return Error{Errc::malformed, 0, name + " names no host, expected one HOST[:PORT] a line"};
    return hosts;
}

} // namespace rdpmedic::handshake
