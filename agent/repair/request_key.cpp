// When is a request the one that was made before?
#include "agent/repair/request_key.hpp"

#include "agent/digest.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rdpmedic {

namespace {

using nlohmann::json;

// Names of callers and options come from outside and need not be UTF-8.
std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string scope_of(const std::string& caller, const std::string& key) { return text_of(json::array({caller, key})); }

std::string digest_of(const RepairRequest& request) {
    return sha256_hex(text_of({{"repair", request.repair},
                               {"options", request.options},
                               {"disconnect_sessions", request.disconnect_sessions},
                               {"plans", request.plans}}));
}

// Earlier builds noted the caller, the repair and the key, and nothing of the request.
std::optional<RequestKey> key_of_earlier_build(const json& noted) {
    if (noted.size() != 3 || !std::all_of(noted.begin(), noted.end(), [](const json& one) { return one.is_string(); }))
        return std::nullopt;
    return RequestKey{scope_of(noted[0].get<std::string>(), noted[2].get<std::string>()), {}};
}

} // namespace

std::optional<RequestKey> key_of(const RepairRequest& request) {
    if (request.idempotency_key.empty())
        return std::nullopt;
    return RequestKey{scope_of(request.caller.name, request.idempotency_key), digest_of(request)};
}

std::string to_text(const std::optional<RequestKey>& key) {
    return key ? text_of({{"scope", key->scope}, {"request", key->request}}) : std::string();
}

std::optional<RequestKey> request_key_from(const std::string& text) {
    const json noted = json::parse(text, nullptr, false);
    if (noted.is_array())
        return key_of_earlier_build(noted);
    if (!noted.is_object())
        return std::nullopt;
    const auto scope = noted.find("scope"), request = noted.find("request");
    if (scope == noted.end() || request == noted.end() || !scope->is_string() || !request->is_string())
        return std::nullopt;
    return RequestKey{scope->get<std::string>(), request->get<std::string>()};
}

} // namespace rdpmedic
