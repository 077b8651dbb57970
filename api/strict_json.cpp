// Is this foreign text a JSON object that can be trusted to mean one thing?
#include "api/strict_json.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace rdpmedic::api {
namespace {

using nlohmann::json;
constexpr std::size_t deepest = 32;

// Watches the parser. Once something is wrong, everything that follows is dropped.
struct Watcher {
    std::string problem{};
    std::vector<std::set<std::string>> keys{}; // of the open objects and, left empty, arrays

    bool operator()(json::parse_event_t event, const json& parsed) {
        if (!problem.empty())
            return false;
        switch (event) {
        case json::parse_event_t::object_start:
        case json::parse_event_t::array_start:
            if (keys.size() == deepest)
                problem = "nested deeper than " + std::to_string(deepest) + " levels";
            keys.emplace_back();
            break;
        case json::parse_event_t::object_end:
        case json::parse_event_t::array_end:
            keys.pop_back();
            break;
        case json::parse_event_t::key:
            if (const auto& name = parsed.get_ref<const std::string&>(); !keys.back().insert(name).second)
                problem = "the key '" + name.substr(0, 40) + "' occurs twice";
            break;
        case json::parse_event_t::value:
            break;
        }
        return problem.empty();
    }
};

} // namespace

Result<json> parse_strictly(std::string_view text) {
    Watcher watcher;
    const json parsed = json::parse(
        text, [&](int, json::parse_event_t event, json& value) { return watcher(event, value); }, false);
    if (!watcher.problem.empty())
        return Error{Errc::malformed, 0, "JSON: " + watcher.problem};
    if (parsed.is_discarded())
        return Error{Errc::malformed, 0, "text that is not JSON"};
    return {boost::system::in_place_value, parsed}; // json itself converts from nearly everything
}

std::string first_unknown_key(const json& object, const std::string& path, std::span<const std::string_view> known) {
    if (!object.is_object())
        return (path.empty() ? "/" : path) + ": expected an object, found " + object.type_name();
    for (const auto& [key, value] : object.items())
        if (std::find(known.begin(), known.end(), key) == known.end())
            return path + "/" + key.substr(0, 40) + ": unknown key";
    return {};
}

} // namespace rdpmedic::api
