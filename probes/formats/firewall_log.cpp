// Which incoming packets has the Windows Firewall written down as dropped?
#include "probes/formats/firewall_log.hpp"

#include "probes/time_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace rdpmedic::firewall {
namespace {

constexpr std::uint8_t tcp = 6, udp = 17;
// In the order of `Column`; TCP flags may be missing.
constexpr std::array<std::string_view, 8> names{"date",   "time",     "action", "protocol",
                                                "src-ip", "dst-port", "path",   "tcpflags"};
enum Column : std::size_t { date, time, action, protocol, source, port, path_of_packet, flags };
constexpr std::size_t none = std::string_view::npos;

// Room that Windows reserves in the file is NUL until it is written.
constexpr std::string_view blanks{" \t\r\0", 4};

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == none)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t at = text.find_first_not_of(blanks); at != none; at = text.find_first_not_of(blanks, at)) {
        const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

// 0 for all others.
std::optional<std::uint8_t> protocol_of(std::string_view text) {
    if (text == "TCP")
        return tcp;
    if (text == "UDP")
        return udp;
    const auto value = number<std::uint8_t>(text);
    if (value)
        return *value == tcp || *value == udp ? *value : std::uint8_t{0};
    return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-0123456789") == none
               ? std::optional<std::uint8_t>{0}
               : std::nullopt;
}

class Reader {
  public:
    explicit Reader(std::string_view path) : path_(path) { columns_.fill(none); }

    // Every line that has an end; what follows the last one is being written or was cut.
    void read(std::string_view text) {
        for (std::size_t end = text.find('\n'); end != none; end = text.find('\n')) {
            line(trimmed(text.substr(0, end)));
            text.remove_prefix(end + 1);
        }
    }

    Result<FirewallLog> done() {
        if (problem_.empty() && log_.lines > 0 && !has_fields_)
            problem_ = "packets without a line #Fields";
        if (problem_.empty() && log_.lines > 0 && log_.skipped == log_.lines)
            problem_ = "no line fits #Fields";
        if (!problem_.empty())
            return Error{Errc::malformed, 0, std::string(path_) + ": " + problem_};
        return std::move(log_);
    }

  private:
    void line(std::string_view text) {
        if (text.empty())
            return;
        if (text.front() == '#')
            return directive(text.substr(1));
        ++log_.lines;
        if (!packet(words_of(text)))
            ++log_.skipped;
    }

    void directive(std::string_view text) {
        const std::size_t colon = text.find(':');
        if (colon == none)
            return;
        const std::string_view name = text.substr(0, colon), value = trimmed(text.substr(colon + 1));
        if (name == "Time Format") {
            log_.local_time = value == "Local";
            if (value != "Local" && value != "UTC")
                problem_ = "the time format '" + std::string(value.substr(0, 40)) + "' is not known";
        } else if (name == "Fields") {
            has_fields_ = true;
            const auto fields = words_of(value);
            for (std::size_t i = 0; i < names.size(); ++i) {
                const auto found = std::find(fields.begin(), fields.end(), names[i]);
                columns_[i] = found == fields.end() ? none : static_cast<std::size_t>(found - fields.begin());
                if (columns_[i] == none && i != flags)
                    problem_ = "#Fields has no " + std::string(names[i]);
            }
        }
    }

    // False where the line does not fit.
    bool packet(const std::vector<std::string_view>& words) {
        const auto word = [&](Column column) {
            const std::size_t at = columns_[column];
            return at < words.size() ? words[at] : std::string_view{};
        };
        const auto at = time_from_iso(std::string(word(date)) + "T" + std::string(word(time)) + "Z");
        const auto number_of_protocol = protocol_of(word(protocol));
        if (!at || word(action).empty() || word(protocol).empty() || !number_of_protocol ||
            word(path_of_packet).empty())
            return false;
        if (word(action) != "DROP" || word(path_of_packet) != "RECEIVE" || *number_of_protocol == 0)
            return true;
        const auto number_of_port = number<std::uint16_t>(word(port));
        if (!number_of_port || word(source).empty())
            return false;
        // DERIVED: newer Windows writes "-" for the flags, as public logs show, also for a packet that begins.
        const std::string_view set = word(flags);
        const bool only_syn = set.find('S') != none && set.find('A') == none;
        const bool begins = *number_of_protocol == udp || set.empty() || set == "-" || only_syn;
        log_.drops.push_back({*at, *number_of_protocol, std::string(word(source)), *number_of_port, begins});
        return true;
    }

    std::string_view path_;
    std::array<std::size_t, names.size()> columns_{};
    bool has_fields_ = false;
    std::string problem_;
    FirewallLog log_;
};

} // namespace

Result<FirewallLog> parse_firewall_log(const FileEnds& ends, std::string_view path) {
    Reader reader(path);
    if (ends.size <= ends.head.size() + ends.tail.size()) {
        reader.read(ends.head + ends.tail);
        return reader.done();
    }
    reader.read(ends.head);
    const std::size_t first_end = ends.tail.find('\n');
    if (first_end != std::string::npos)
        reader.read(std::string_view(ends.tail).substr(first_end + 1));
    return reader.done();
}

} // namespace rdpmedic::firewall
