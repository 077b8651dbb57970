// How is JSON read that somebody else wrote?
#include "probes/bounded_json.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic {
namespace {

struct TooDeep {};

// nlohmann says "[json.exception.parse_error.101] parse error at line 3, column 5: ..."; people need the end of it.
std::string without_prefix(std::string_view message) {
    constexpr std::string_view prefix = "parse error at ";
    const auto found = message.find(prefix);
    return std::string(found == std::string_view::npos ? message : message.substr(found + prefix.size()));
}

} // namespace

Result<> parse_json(std::string_view text, std::string_view where, nlohmann::json& document, int max_depth) {
    using nlohmann::json;
    const auto guard = [max_depth](int depth, json::parse_event_t event, json&) {
        const bool opens = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
        if (opens && depth >= max_depth)
            throw TooDeep{};
        return true;
    };
    try {
        document = json::parse(text, guard);
        return {};
    } catch (const json::exception& error) {
        return Error{Errc::malformed, 0, std::string(where) + ": " + without_prefix(error.what())};
    } catch (const TooDeep&) {
        return Error{Errc::malformed, 0,
                     std::string(where) + ": more than " + std::to_string(max_depth) + " levels inside each other"};
    }
}

} // namespace rdpmedic
