// What may a caller say beside the name of a repair?
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rdpmedic {

// By name, as text: "true" and "false", numbers in decimal. The same from a query, a JSON body and the command line.
using Options = std::map<std::string, std::string>;

struct OptionSpec {
    enum class Kind { flag, number, text, choice };
    std::string name;
    Kind kind = Kind::flag;
    std::string what;                   // one line for people
    std::vector<std::string> choices{}; // of a choice
    std::int64_t least = 0, most = 0;   // of a number, both inclusive
    std::size_t longest = 200;          // of a text, in bytes
};

const char* name_of(OptionSpec::Kind kind) noexcept; // "flag", "number", "text", "choice"

// The first thing that is wrong, for people: an unknown name, a value of the wrong kind or out of range, text with
// control characters or that is not UTF-8. Empty: all well. Pure.
std::string problem_of(const Options& options, const std::vector<OptionSpec>& specs);

// Of options without a problem. False, nothing and nothing where it was not given.
bool flag_of(const Options& options, const std::string& name);
std::optional<std::int64_t> number_of(const Options& options, const std::string& name);
std::optional<std::string> text_of(const Options& options, const std::string& name);

} // namespace rdpmedic
