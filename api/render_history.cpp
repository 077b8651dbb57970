// How does what has happened look to a program?
#include "api/render_history.hpp"

#include "agent/digest.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic::api {
namespace {

using Json = nlohmann::ordered_json;

} // namespace

Response render_history(const std::vector<std::shared_ptr<const FeedItem>>& items, std::size_t most) {
    std::string rows;
    for (auto item = items.rbegin(); item != items.rend() && most > 0; ++item) {
        if ((*item)->type != "finding" || !(*item)->json.starts_with('{'))
            continue;
        rows += (rows.empty() ? "\n    {\"id\": " : ",\n    {\"id\": ") + std::to_string((*item)->id) + ", " +
                (*item)->json.substr(1);
        --most;
    }
    return with_tag(respond(200, "application/json", "{\n  \"transitions\": [" + rows + "\n  ]\n}\n"));
}

Response render_audit(const AuditTrail& trail) {
    Json entries = Json::array();
    for (const std::string& line : trail.last) {
        Json entry = Json::parse(line, nullptr, false);
        entries.push_back(entry.is_object() ? std::move(entry) : Json{{"unreadable", line}});
    }
    const Json body{{"chain", trail.broken.empty() ? "whole" : "broken: " + trail.broken},
                    {"lines", trail.lines},
                    {"entries", std::move(entries)}};
    return with_tag(respond(200, "application/json", body.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"));
}

std::string to_event(const FeedItem& item) {
    return "id: " + std::to_string(item.id) + "\nevent: " + item.type + "\ndata: " + item.json + "\n\n";
}

std::string stream_greeting() { return ": rdpmedic\nretry: 5000\n\n"; }

std::string stream_gap() {
    return "event: gap\ndata: {\"text\": \"events are missing here: they are older than what is kept\"}\n\n";
}

Response with_tag(Response response) {
    response.fields.emplace_back("ETag", "\"" + sha256_hex(*response.body).substr(0, 24) + "\"");
    return response;
}

} // namespace rdpmedic::api
