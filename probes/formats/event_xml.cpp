// What does one Windows event say?
#include "probes/formats/event_xml.hpp"

#include "probes/time_text.hpp"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include <charconv>
#include <sstream>

namespace rdpmedic {
namespace {

using Tree = boost::property_tree::ptree;

constexpr std::size_t most_bytes = 64 * 1024;
constexpr int most_levels = 16;

Error refuse(std::string what) { return {Errc::malformed, 0, "event: " + std::move(what)}; }

// Behind the end of the tag that begins at `at`, or npos. A '>' inside quotes does not end it.
std::size_t end_of_tag(std::string_view xml, std::size_t at) {
    char quote = 0;
    for (; at < xml.size(); ++at) {
        if (quote != 0)
            quote = xml[at] == quote ? '\0' : quote;
        else if (xml[at] == '"' || xml[at] == '\'')
            quote = xml[at];
        else if (xml[at] == '>')
            return at + 1;
    }
    return std::string_view::npos;
}

// Behind `end`, looked for from `at` on.
std::size_t behind(std::string_view xml, std::string_view end, std::size_t at) {
    const auto found = xml.find(end, at);
    return found == std::string_view::npos ? found : found + end.size();
}

// The reader recurses into elements, so their nesting is counted before it sees them. Whatever this walk takes for the
// end of an element ends one for the reader too, or is an error there.
Result<> check_nesting(std::string_view xml) {
    int levels = 0;
    std::size_t at = 0;
    while ((at = xml.find('<', at)) != std::string_view::npos) {
        const std::string_view rest = xml.substr(at);
        if (rest.substr(0, 4) == "<!--") {
            at = behind(xml, "-->", at + 4);
        } else if (rest.substr(0, 9) == "<![CDATA[") {
            at = behind(xml, "]]>", at + 9);
        } else if (rest.substr(0, 2) == "<?") {
            at = behind(xml, "?>", at + 2);
        } else if (rest.substr(0, 2) == "<!") {
            return refuse("has a document type");
        } else {
            at = end_of_tag(xml, at);
            const bool closes = rest.substr(0, 2) == "</";
            const bool empty = at != std::string_view::npos && xml[at - 2] == '/';
            levels += closes ? -1 : empty ? 0 : 1;
            if (levels > most_levels || levels < 0)
                return refuse("elements nested deeper than " + std::to_string(most_levels) + ", or closed twice");
        }
        if (at == std::string_view::npos)
            return refuse("ends inside a tag");
    }
    return {};
}

// Decimal, or hexadecimal behind "0x".
std::optional<std::uint64_t> number_of(std::string_view text) {
    const bool hex = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    if (hex)
        text.remove_prefix(2);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

template <class Number>
Number number_at(const Tree& tree, const char* path) {
    const auto value = number_of(tree.get<std::string>(path, ""));
    return value && *value <= std::numeric_limits<Number>::max() ? static_cast<Number>(*value) : Number{0};
}

// "2026-01-15T08:30:00.1234567Z". Some tools that copy events write a blank for the T and leave the Z out.
Result<Time> time_of(const std::string& text) {
    if (text.size() < 19)
        return refuse("TimeCreated is '" + text + "'");
    std::string seconds = text.substr(0, 19);
    if (seconds[10] == ' ')
        seconds[10] = 'T';
    return time_from_iso(seconds + "Z");
}

// Hexadecimal digits in pairs; some tools set dashes between them. Ends at what is neither.
Bytes bytes_of(const std::string& text) {
    Bytes bytes;
    std::string digits;
    for (const char c : text) {
        if (c == '-')
            continue;
        digits += c;
        if (digits.size() < 2)
            continue;
        const auto byte = number_of("0x" + digits);
        if (!byte)
            break;
        bytes.push_back(static_cast<std::uint8_t>(*byte));
        digits.clear();
    }
    return bytes;
}

void add_event_data(const Tree& data, EventRecord& record) {
    for (const auto& [element, node] : data) {
        if (element == "Binary")
            record.binary = bytes_of(node.data());
        if (element != "Data")
            continue;
        const auto name = node.get_optional<std::string>("<xmlattr>.Name");
        if (name)
            record.data.try_emplace(*name, node.data());
        else
            record.unnamed.push_back(node.data());
    }
}

// The template of the provider decides what is in UserData: EventXML with fields, or fields in groups.
void add_user_data(const Tree& data, EventRecord& record) {
    for (const auto& [element, node] : data) {
        if (element == "<xmlattr>" || element == "<xmlcomment>")
            continue;
        const bool is_leaf = node.empty() || (node.size() == 1 && node.front().first == "<xmlattr>");
        if (is_leaf)
            record.data.try_emplace(element, node.data());
        else
            add_user_data(node, record);
    }
}

Result<EventRecord> record_of(const Tree& event) {
    EventRecord record;
    const auto system = event.get_child_optional("System");
    if (!system)
        return refuse("has no element System");
    const auto time = time_of(system->get<std::string>("TimeCreated.<xmlattr>.SystemTime", ""));
    if (!time)
        return time.error();
    record.time = *time;
    record.provider = system->get<std::string>("Provider.<xmlattr>.Name", "");
    record.source = system->get<std::string>("Provider.<xmlattr>.EventSourceName", "");
    record.id = number_at<std::uint32_t>(*system, "EventID");
    record.qualifiers = number_at<std::uint32_t>(*system, "EventID.<xmlattr>.Qualifiers");
    record.level = number_at<std::uint32_t>(*system, "Level");
    record.record = number_at<std::uint64_t>(*system, "EventRecordID");
    record.process_id = number_at<std::uint32_t>(*system, "Execution.<xmlattr>.ProcessID");
    record.activity = system->get<std::string>("Correlation.<xmlattr>.ActivityID", "");
    record.channel = system->get<std::string>("Channel", "");
    if (const auto data = event.get_child_optional("EventData"))
        add_event_data(*data, record);
    if (const auto data = event.get_child_optional("UserData"))
        add_user_data(*data, record);
    return record;
}

} // namespace

std::string_view EventRecord::field(const std::string& name) const {
    const auto found = data.find(name);
    return found == data.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::uint64_t> EventRecord::number(const std::string& name) const { return number_of(field(name)); }

Result<EventRecord> parse_event(std::string_view xml) {
    if (xml.size() > most_bytes)
        return refuse(std::to_string(xml.size()) + " bytes, expected at most " + std::to_string(most_bytes));
    if (xml.find('\0') != std::string_view::npos)
        return refuse("has a NUL");
    if (Result<> nested = check_nesting(xml); !nested)
        return nested.error();
    try {
        std::istringstream stream{std::string(xml)};
        Tree tree;
        boost::property_tree::read_xml(stream, tree, boost::property_tree::xml_parser::no_comments);
        const auto event = tree.get_child_optional("Event");
        if (!event)
            return refuse("has no element Event");
        return record_of(*event);
    } catch (const boost::property_tree::ptree_error& error) {
        return refuse(error.what());
    }
}

} // namespace rdpmedic
