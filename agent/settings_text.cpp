// How does a configuration look that says everything, and what is its schema?
#include "agent/settings_fields.hpp"
#include "probes/probe.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

namespace rdpmedic {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array sections{"tls", "rdp", "watch", "repair", "log", "thresholds"};

// A field of a section as JSON text with its comment.
struct Line {
    std::string key, value, doc;
};

std::vector<Line> lines_of(std::string_view section, const Settings& settings) {
    std::vector<Line> lines;
    Settings copy = settings; // TextField::at gives a reference to change
    for (const TextField& field : text_fields)
        if (field.section == section) {
            const std::string choices = field.choices.empty() ? "" : " (" + std::string(field.choices) + ")";
            lines.push_back({std::string(field.key), Json(field.at(copy)).dump(), std::string(field.doc) + choices});
        }
    for (const NumberField& field : number_fields)
        if (field.section == section)
            lines.push_back({std::string(field.key), std::to_string(field.get(settings)), std::string(field.doc)});
    return lines;
}

void write_listen(std::ostream& out, const Settings& settings) {
    out << "  // An address other than loopback needs \"tls\": true.\n  \"listen\": [\n";
    for (std::size_t i = 0; i < settings.listen.size(); ++i) {
        const ListenSettings& listen = settings.listen[i];
        out << "    {\"address\": " << Json(listen.address).dump() << ", \"port\": " << listen.port
            << ", \"tls\": " << (listen.tls ? "true" : "false") << "}" << (i + 1 < settings.listen.size() ? "," : "")
            << "\n";
    }
    out << "  ],\n";
}

void write_probes(std::ostream& out, const Settings& settings) {
    out << "  \"probes\": {\n";
    const std::vector<Probe> probes = all_probes();
    for (std::size_t i = 0; i < probes.size(); ++i) {
        const auto found = settings.probes.find(probes[i].id);
        const ProbeSettings own = found == settings.probes.end() ? ProbeSettings{} : found->second;
        out << "    // " << probes[i].question << "\n    \"" << probes[i].id
            << "\": {\"enabled\": " << (own.enabled ? "true" : "false")
            << ", \"period_s\": " << own.period.value_or(probes[i].period).count()
            << ", \"timeout_s\": " << own.timeout.value_or(probes[i].timeout).count() << "}"
            << (i + 1 < probes.size() ? "," : "") << "\n";
    }
    out << "  },\n";
}

void write_rules(std::ostream& out, const Settings& settings) {
    out << "  // Repairs that may begin without being asked; none disconnects sessions, restarts the machine or "
           "weakens "
           "it. Example:\n"
           "  // {\"finding\": \"cert.expired\", \"repair\": \"cert\", \"from_hour\": 22, \"to_hour\": 5, \"every_h\": "
           "24, "
           "\"attempts\": 3}\n  \"auto_repair\": [";
    for (std::size_t i = 0; i < settings.auto_repair.size(); ++i) {
        const AutoRepairRule& rule = settings.auto_repair[i];
        out << (i == 0 ? "\n" : ",\n") << "    {\"finding\": " << Json(rule.finding).dump()
            << ", \"repair\": " << Json(rule.repair).dump() << ", \"from_hour\": " << rule.from_hour
            << ", \"to_hour\": " << rule.to_hour
            << ", \"every_h\": " << std::chrono::duration_cast<std::chrono::hours>(rule.every).count()
            << ", \"attempts\": " << rule.attempts << "}";
    }
    out << (settings.auto_repair.empty() ? "],\n" : "\n  ],\n");
}

Json schema_of_rules() {
    const auto hours = [](int most) { return Json{{"type", "integer"}, {"minimum", 0}, {"maximum", most}}; };
    const Json rule = {{"type", "object"},
                       {"additionalProperties", false},
                       {"required", {"finding", "repair"}},
                       {"properties",
                        {{"finding", {{"type", "string"}}},
                         {"repair", {{"type", "string"}}},
                         {"from_hour", hours(23)},
                         {"to_hour", hours(24)},
                         {"every_h", {{"type", "integer"}, {"minimum", 1}, {"maximum", 8760}}},
                         {"attempts", {{"type", "integer"}, {"minimum", 1}, {"maximum", 100}}}}}};
    return {{"type", "array"}, {"items", rule}};
}

Json schema_of(std::string_view section) {
    Json properties = Json::object();
    for (const TextField& field : text_fields)
        if (field.section == section) {
            Json& property = properties[std::string(field.key)];
            property = {{"type", "string"}, {"description", field.doc}};
            std::istringstream words{std::string(field.choices)};
            for (std::string word; words >> word;)
                property["enum"].push_back(word);
        }
    for (const NumberField& field : number_fields)
        if (field.section == section)
            properties[std::string(field.key)] = {
                {"type", "integer"}, {"minimum", field.least}, {"maximum", field.most}, {"description", field.doc}};
    return {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
}

} // namespace

std::string render_settings(const Settings& settings) {
    std::ostringstream out;
    out << "// Configuration of rdpmedic. Comments are allowed; an unknown key is an error. What is left out keeps its "
           "default.\n{\n";
    write_listen(out, settings);
    write_probes(out, settings);
    write_rules(out, settings);
    for (std::size_t i = 0; i < sections.size(); ++i) {
        out << "  \"" << sections[i] << "\": {\n";
        const std::vector<Line> lines = lines_of(sections[i], settings);
        for (std::size_t k = 0; k < lines.size(); ++k)
            out << "    // " << lines[k].doc << "\n    \"" << lines[k].key << "\": " << lines[k].value
                << (k + 1 < lines.size() ? "," : "") << "\n";
        out << "  }" << (i + 1 < sections.size() ? "," : "") << "\n";
    }
    out << "}\n";
    return out.str();
}

std::string settings_schema() {
    const Json listen = {{"type", "object"},
                         {"additionalProperties", false},
                         {"properties",
                          {{"address", {{"type", "string"}}},
                           {"port", {{"type", "integer"}, {"minimum", 0}, {"maximum", 65535}}},
                           {"tls", {{"type", "boolean"}}}}}};
    Json properties = {{"listen", {{"type", "array"}, {"minItems", 1}, {"items", listen}}}};
    Json probes = Json::object();
    for (const Probe& probe : all_probes())
        probes[std::string(probe.id)] = {{"type", "object"},
                                         {"description", probe.question},
                                         {"additionalProperties", false},
                                         {"properties",
                                          {{"enabled", {{"type", "boolean"}}},
                                           {"period_s", {{"type", "integer"}, {"minimum", 1}, {"maximum", 86400}}},
                                           {"timeout_s", {{"type", "integer"}, {"minimum", 1}, {"maximum", 3600}}}}}};
    properties["probes"] = {{"type", "object"}, {"additionalProperties", false}, {"properties", probes}};
    properties["auto_repair"] = schema_of_rules();
    for (const char* section : sections)
        properties[section] = schema_of(section);
    const Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                         {"title", "rdpmedic config.json"},
                         {"type", "object"},
                         {"additionalProperties", false},
                         {"properties", properties}};
    return schema.dump(2) + "\n";
}

} // namespace rdpmedic
