// What stands behind the question mark?
#include "api/query.hpp"

#include <algorithm>
#include <charconv>

namespace rdpmedic::api {
namespace {

int digit_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            return std::nullopt;
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return result;
}

Error wrong(std::string_view pair, const char* what) {
    return {Errc::malformed, 0, "the parameter '" + std::string(pair.substr(0, 40)) + "' " + what};
}

} // namespace

Result<std::map<std::string, std::string>> parameters_of(std::string_view query) {
    std::map<std::string, std::string> parameters;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty())
            continue;
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0)
            return wrong(pair, "is not of the form name=value");
        const auto name = decoded(pair.substr(0, equals)), value = decoded(pair.substr(equals + 1));
        if (!name || !value)
            return wrong(pair, "has a percent sign that two hexadecimal digits do not follow");
        if (!parameters.emplace(*name, *value).second)
            return wrong(pair, "is given twice");
    }
    return parameters;
}

std::variant<std::size_t, Problem> limit_of(std::string_view query, std::size_t usual, std::size_t most) {
    const auto parameters = parameters_of(query);
    if (!parameters)
        return Problem{400, "bad-query", parameters.error().where};
    std::size_t limit = usual;
    for (const auto& [name, value] : *parameters) {
        if (name != "limit")
            return Problem{400, "bad-query", "there is no parameter '" + name.substr(0, 40) + "'; there is limit"};
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), limit);
        if (error != std::errc{} || end != value.data() + value.size() || limit == 0 || limit > most)
            return Problem{400, "bad-query", "limit: expected a number from 1 to " + std::to_string(most)};
    }
    return limit;
}

} // namespace rdpmedic::api
