// What may a caller say beside the name of a repair?
#include "agent/repair/options.hpp"

#include <algorithm>
#include <charconv>

namespace rdpmedic {

namespace {

std::optional<std::int64_t> whole_number(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::string joined(const std::vector<std::string>& words) {
    std::string result;
    for (const std::string& word : words)
        result += (result.empty() ? "" : ", ") + word;
    return result;
}

// UTF-8 without control characters: it goes into logs, into the journal and onto screens.
bool is_clean_text(const std::string& text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xc2 && lead < 0xe0 ? 2
                                   : lead >= 0xe0 && lead < 0xf0 ? 3
                                   : lead >= 0xf0 && lead < 0xf5 ? 4
                                                                 : 0;
        if (length == 0 || i + length > text.size() || lead < 0x20 || lead == 0x7f)
            return false;
        for (std::size_t j = 1; j < length; ++j)
            if ((static_cast<unsigned char>(text[i + j]) & 0xc0) != 0x80)
                return false;
        i += length;
    }
    return true;
}

std::string problem_of_value(const std::string& value, const OptionSpec& spec) {
    switch (spec.kind) {
    case OptionSpec::Kind::flag:
        return value == "true" || value == "false" ? "" : "expected true or false";
    case OptionSpec::Kind::number: {
        const auto number = whole_number(value);
        return number && *number >= spec.least && *number <= spec.most
                   ? ""
                   : "expected a whole number from " + std::to_string(spec.least) + " to " + std::to_string(spec.most);
    }
    case OptionSpec::Kind::choice:
        return std::find(spec.choices.begin(), spec.choices.end(), value) != spec.choices.end()
                   ? ""
                   : "expected one of " + joined(spec.choices);
    case OptionSpec::Kind::text:
        if (value.empty() || value.size() > spec.longest)
            return "expected text of 1 to " + std::to_string(spec.longest) + " bytes";
        return is_clean_text(value) ? "" : "expected UTF-8 without control characters";
    }
    return "not understood";
}

} // namespace

const char* name_of(OptionSpec::Kind kind) noexcept {
    switch (kind) {
    case OptionSpec::Kind::flag:
        return "flag";
    case OptionSpec::Kind::number:
        return "number";
    case OptionSpec::Kind::text:
        return "text";
    case OptionSpec::Kind::choice:
        return "choice";
    }
    return "text";
}

std::string problem_of(const Options& options, const std::vector<OptionSpec>& specs) {
    for (const auto& [name, value] : options) {
        const auto spec =
            std::find_if(specs.begin(), specs.end(), [&](const OptionSpec& one) { return one.name == name; });
        if (spec == specs.end()) {
            std::vector<std::string> known;
            for (const OptionSpec& one : specs)
                known.push_back(one.name);
            return "option '" + name.substr(0, 40) + "' is not known here; " +
                   (known.empty() ? "this repair has none" : "there are " + joined(known));
        }
        if (const std::string problem = problem_of_value(value, *spec); !problem.empty())
            return "option '" + name + "': " + problem;
    }
    return {};
}

bool flag_of(const Options& options, const std::string& name) {
    const auto found = options.find(name);
    return found != options.end() && found->second == "true";
}

std::optional<std::int64_t> number_of(const Options& options, const std::string& name) {
    const auto found = options.find(name);
    return found == options.end() ? std::nullopt : whole_number(found->second);
}

std::optional<std::string> text_of(const Options& options, const std::string& name) {
    const auto found = options.find(name);
    return found == options.end() ? std::nullopt : std::optional(found->second);
}

} // namespace rdpmedic
