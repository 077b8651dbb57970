// What do the paths that only look answer?
#include "api/handlers.hpp"

#include "api/routes.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic::api {
namespace {

// The value of `name` in a query string. No value here needs percent-encoding.
std::string_view parameter_of(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (pair.substr(0, equals) == name)
            return pair.substr(std::min(equals + 1, pair.size()));
    }
    return {};
}

enum class Format { json, nagios, unknown };

Format format_of(std::string_view query) {
    const std::string_view wanted = parameter_of(query, "format");
    if (wanted.empty() || wanted == "json")
        return Format::json;
    return wanted == "nagios" ? Format::nagios : Format::unknown;
}

Response unknown_format() { return respond(Problem{400, "unknown-format", "format is json or nagios"}); }

Response no_such_probe(const Snapshot& snapshot, std::string_view name) {
    std::string known;
    for (const auto& [id, state] : snapshot.probes)
        known += (known.empty() ? "" : ", ") + id;
    return respond(Problem{404, "no-such-probe",
                           "there is no probe '" + std::string(name.substr(0, 40)) + "'; there are " + known});
}

std::string_view verb_of(const Route& route) {
    return route.method == Method::post ? "POST" : route.method == Method::del ? "DELETE" : "GET";
}

std::string_view name_of(Permission needs) {
    switch (needs) {
    case Permission::none:
        return "none";
    case Permission::read:
        return "read";
    case Permission::repair:
        return "repair";
    }
    return "repair";
}

Response index_as_json(std::string_view version) {
    nlohmann::ordered_json paths = nlohmann::ordered_json::array();
    for (const Route& route : routes())
        paths.push_back(
            {{"method", verb_of(route)}, {"path", route.path}, {"needs", name_of(route.needs)}, {"what", route.what}});
    const nlohmann::ordered_json body{{"name", "rdpmedic"}, {"version", version}, {"paths", std::move(paths)}};
    return respond(200, "application/json", body.dump(2) + "\n");
}

Response index_as_text(std::string_view version) {
    std::string text = "rdpmedic " + std::string(version) + "\n\n";
    for (const Route& route : routes()) {
        std::string line{verb_of(route)};
        line.resize(7, ' ');
        line += route.path;
        line.resize(std::max<std::size_t>(line.size() + 1, 34), ' ');
        line += name_of(route.needs);
        line.resize(42, ' ');
        text += line.append(route.what) + "\n";
    }
    return respond(200, "text/plain; charset=utf-8",
                   text + "\nThe third column is the role of the bearer token that is needed; "
                          "without a token, loopback has the role read.\n");
}

} // namespace

Reply get_index(const Call& call) {
    const bool json = call.request.accept.find("application/json") != std::string_view::npos;
    return json ? index_as_json(call.office.services.version) : index_as_text(call.office.services.version);
}

Reply get_livez(const Call&) {
    return respond(200, "application/health+json", "{\"status\": \"pass\", \"output\": \"the server answers\"}\n");
}

Reply get_readyz(const Call& call) { return render_ready(*call.office.services.board.current()); }

Reply get_health(const Call& call) {
    const auto snapshot = call.office.services.board.current();
    switch (format_of(call.request.query)) {
    case Format::json:
        break;
    case Format::nagios:
        return *render_nagios(*snapshot, {}, call.now);
    case Format::unknown:
        return unknown_format();
    }
    return unless_known(call.office.health.at(snapshot, call.now, call.office.services.version),
                        call.request.if_none_match);
}

Reply get_probe_health(const Call& call) {
    const auto snapshot = call.office.services.board.current();
    std::optional<Response> response;
    switch (format_of(call.request.query)) {
    case Format::json:
        response = render_health(*snapshot, call.parameter, call.now, call.office.services.version);
        break;
    case Format::nagios:
        response = render_nagios(*snapshot, call.parameter, call.now);
        break;
    case Format::unknown:
        return unknown_format();
    }
    if (!response)
        return no_such_probe(*snapshot, call.parameter);
    return unless_known(*std::move(response), call.request.if_none_match);
}

Reply get_metrics(const Call& call) {
    call.office.counters->settle(call.office.services.repairs);
    return render_metrics(*call.office.services.board.current(), *call.office.counters, call.now,
                          call.office.services.version, call.office.streams);
}

} // namespace rdpmedic::api
