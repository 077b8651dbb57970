// What exactly does the caller of POST /repair/{name} want?
#include "api/repair_order.hpp"

#include "api/query.hpp"
#include "api/strict_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace rdpmedic::api {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 2> order_keys{"disconnect_sessions", "options"};
constexpr std::size_t longest_key = 128;
constexpr std::chrono::seconds longest_wait{30};

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// Takes one element of a list of a header field from its front.
std::string_view next_of(std::string_view& list, std::string_view separators) {
    const std::size_t end = std::min(list.find_first_of(separators), list.size());
    const std::string_view one = trimmed(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    return one;
}

bool is_json(std::string_view content_type) {
    constexpr std::string_view json_type = "application/json";
    const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
    return std::equal(type.begin(), type.end(), json_type.begin(), json_type.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
    });
}

Problem bad_body(const std::string& why) { return {400, "bad-body", "the body: " + why}; }

// Text, numbers and true or false; nothing else has one meaning as text.
std::optional<std::string> text_of(const json& value) {
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_boolean())
        return value.get<bool>() ? "true" : "false";
    return value.is_number() ? std::optional(value.dump()) : std::nullopt;
}

// The options of the body beside those of the query, which are in `options` already.
std::optional<Problem> add_options(const json& body, Options& options) {
    const auto given = body.find("options");
    if (given == body.end())
        return std::nullopt;
    if (!given->is_object())
        return bad_body(std::string("/options: expected an object, found ") + given->type_name());
    for (const auto& [name, value] : given->items()) {
        const std::optional<std::string> text = text_of(value);
        if (!text)
            return bad_body("/options/" + name.substr(0, 40) + ": expected text, a number, true or false, found " +
                            value.type_name());
        if (!options.emplace(name, *text).second)
            return Problem{400, "bad-option",
                           "option '" + name.substr(0, 40) + "' is given twice, in the query and in the body"};
    }
    return std::nullopt;
}

std::optional<Problem> read_body(const Request& request, RepairOrder& order) {
    if (!request.content_type.empty() && !is_json(request.content_type))
        return Problem{415, "not-json", "the body is expected as application/json"};
    const Result<json> body = parse_strictly(request.body);
    if (!body)
        return bad_body(body.error().where);
    if (const std::string unknown_key = first_unknown_key(*body, "", order_keys); !unknown_key.empty())
        return bad_body(unknown_key);
    if (const auto disconnect = body->find("disconnect_sessions"); disconnect != body->end()) {
        if (!disconnect->is_boolean())
            return bad_body(std::string("/disconnect_sessions: expected true or false, found ") +
                            disconnect->type_name());
        order.disconnect_sessions = disconnect->get<bool>();
    }
    return add_options(*body, order.options);
}

} // namespace

std::chrono::seconds wait_of(std::string_view prefer) {
    std::chrono::seconds wait = longest_wait;
    while (!prefer.empty()) {
        const std::string_view one = next_of(prefer, ",;");
        if (one == "respond-async")
            wait = std::chrono::seconds{0};
        if (!one.starts_with("wait="))
            continue;
        unsigned seconds = 0;
        const auto [last, error] = std::from_chars(one.data() + 5, one.data() + one.size(), seconds);
        if (error == std::errc{} && last == one.data() + one.size())
            wait = std::min(longest_wait, std::chrono::seconds{seconds});
    }
    return wait;
}

std::variant<Options, Problem> read_options(std::string_view query) {
    auto parameters = parameters_of(query);
    if (!parameters)
        return Problem{400, "bad-option", parameters.error().where};
    return Options(std::move(*parameters));
}

std::variant<RepairOrder, Problem> read_order(const Request& request) {
    RepairOrder order;
    order.wait = wait_of(request.prefer);
    const bool printable = std::all_of(request.idempotency_key.begin(), request.idempotency_key.end(),
                                       [](char c) { return c > ' ' && c < 127; });
    if (request.idempotency_key.size() > longest_key || !printable)
        return Problem{400, "bad-idempotency-key",
                       "Idempotency-Key is at most 128 printable characters without spaces"};
    order.idempotency_key = request.idempotency_key;
    std::variant<Options, Problem> options = read_options(request.query);
    if (Problem* problem = std::get_if<Problem>(&options))
        return std::move(*problem);
    order.options = std::get<Options>(std::move(options));
    if (!request.body.empty())
        if (std::optional<Problem> problem = read_body(request, order))
            return *std::move(problem);
    return order;
}

std::variant<bool, Problem> read_consent(const Request& request) {
    RepairOrder order;
    if (!request.body.empty())
        if (std::optional<Problem> problem = read_body(request, order))
            return *std::move(problem);
    if (!order.options.empty())
        return bad_body("/options: a rollback has none");
    return order.disconnect_sessions;
}

WantedPlans wanted_plans(std::string_view if_match) {
    WantedPlans wanted;
    wanted.any = if_match.data() == nullptr;
    while (!if_match.empty()) {
        const std::string_view tag = next_of(if_match, ",");
        wanted.any = wanted.any || tag == "*";
        if (tag.size() > 2 && tag.starts_with('"') && tag.ends_with('"'))
            wanted.hashes.emplace_back(tag.substr(1, tag.size() - 2));
    }
    return wanted;
}

} // namespace rdpmedic::api
