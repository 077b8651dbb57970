// What did the administrator configure? Every key is checked before any of it counts.
#include "agent/settings.hpp"

#include "agent/repair/repairs.hpp"
#include "agent/settings_fields.hpp"
#include "probes/probe.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace rdpmedic {
namespace {

using Json = nlohmann::json;

// Thrown within this file alone, caught in parse_settings: the deepest check knows the path, the outermost the file.
struct Wrong {
    std::string path, problem;
};

// A value as it stands in the file, cut short for the message. What holds other values is only named: writing out a
// list that is nested ten thousand deep would exhaust the stack.
std::string found(const Json& value) {
    if (value.is_structured() && !value.empty())
        return value.is_array() ? ", found a list" : ", found an object";
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > 40)
        text = text.substr(0, 37) + "...";
    return ", found " + text;
}

const Json& object_at(const Json& value, const std::string& path) {
    if (!value.is_object())
        throw Wrong{path, "expected an object" + found(value)};
    return value;
}

std::int64_t number_at(const Json& value, const std::string& path, std::int64_t least, std::int64_t most) {
    const std::string expected =
        "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most) + found(value);
    if (!value.is_number_integer())
        throw Wrong{path, expected};
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(most))
        throw Wrong{path, expected};
    const auto number = value.get<std::int64_t>();
    if (number < least || number > most)
        throw Wrong{path, expected};
    return number;
}

bool truth_at(const Json& value, const std::string& path) {
    if (!value.is_boolean())
        throw Wrong{path, "expected true or false" + found(value)};
    return value.get<bool>();
}

std::string text_at(const Json& value, const std::string& path) {
    if (!value.is_string())
        throw Wrong{path, "expected a text" + found(value)};
    return value.get<std::string>();
}

void check_choice(const std::string& text, std::string_view choices, const std::string& path) {
    std::istringstream words{std::string(choices)};
    for (std::string word; words >> word;)
        if (word == text)
            return;
    throw Wrong{path, "expected one of: " + std::string(choices) + ", found \"" + text + "\""};
}

// False when the section does not know the key.
bool read_field(Settings& settings, std::string_view section, const std::string& key, const Json& value,
                const std::string& path) {
    for (const NumberField& field : number_fields)
        if (field.section == section && field.key == key) {
            field.set(settings, number_at(value, path, field.least, field.most));
            return true;
        }
    for (const TextField& field : text_fields)
        if (field.section == section && field.key == key) {
            const std::string text = text_at(value, path);
            if (!field.choices.empty())
                check_choice(text, field.choices, path);
            field.at(settings) = text;
            return true;
        }
    return false;
}

std::string known_keys(std::string_view section) {
    std::string keys;
    for (const NumberField& field : number_fields)
        if (field.section == section)
            keys += (keys.empty() ? "" : ", ") + std::string(field.key);
    for (const TextField& field : text_fields)
        if (field.section == section)
            keys += (keys.empty() ? "" : ", ") + std::string(field.key);
    return keys;
}

ListenSettings read_listen(const Json& value, const std::string& path) {
    ListenSettings listen;
    for (const auto& [key, item] : object_at(value, path).items()) {
        const std::string at = path + "/" + key;
        if (key == "address")
            listen.address = text_at(item, at);
        else if (key == "port")
            listen.port = static_cast<std::uint16_t>(number_at(item, at, 0, 65535));
        else if (key == "tls")
            listen.tls = truth_at(item, at);
        else
            throw Wrong{at, "unknown key; known here: address, port, tls"};
    }
    const bool loopback =
        listen.address.rfind("127.", 0) == 0 || listen.address == "::1" || listen.address == "localhost";
    if (!loopback && !listen.tls)
        throw Wrong{
            path,
            "the address " + listen.address +
                " is not loopback and needs \"tls\": true; without it tokens would cross the network in the clear"};
    return listen;
}

void read_listeners(Settings& settings, const Json& value) {
    if (!value.is_array() || value.empty())
        throw Wrong{"/listen", "expected a list of at least one {\"address\", \"port\", \"tls\"}" + found(value)};
    settings.listen.clear();
    for (std::size_t i = 0; i < value.size(); ++i)
        settings.listen.push_back(read_listen(value[i], "/listen/" + std::to_string(i)));
}

void read_probe(ProbeSettings& probe, const Json& value, const std::string& path) {
    for (const auto& [key, item] : object_at(value, path).items()) {
        const std::string at = path + "/" + key;
        if (key == "enabled")
            probe.enabled = truth_at(item, at);
        else if (key == "period_s")
            probe.period = std::chrono::seconds{number_at(item, at, 1, 86400)};
        else if (key == "timeout_s")
            probe.timeout = std::chrono::seconds{number_at(item, at, 1, 3600)};
        else
            throw Wrong{at, "unknown key; known here: enabled, period_s, timeout_s"};
    }
}

void read_probes(Settings& settings, const Json& value) {
    std::set<std::string, std::less<>> ids;
    std::string list;
    for (const Probe& probe : all_probes()) {
        ids.emplace(probe.id);
        list += (list.empty() ? "" : ", ") + std::string(probe.id);
    }
    for (const auto& [id, item] : object_at(value, "/probes").items()) {
        if (ids.count(id) == 0)
            throw Wrong{"/probes/" + id, "unknown probe; known are: " + list};
        read_probe(settings.probes[id], item, "/probes/" + id);
    }
    // It leaves events on the host at each try, and many of them look like an attack (RemoteConnectionManager 1006).
    const auto handshake = settings.probes.find("handshake");
    if (handshake != settings.probes.end() && handshake->second.period &&
        *handshake->second.period < std::chrono::minutes{5})
        throw Wrong{"/probes/handshake/period_s", "expected at least 300: every handshake leaves events on the host"};
}

std::string known_repairs(const std::string& name) {
    std::string list;
    for (const Repair& repair : all_repairs()) {
        if (repair.name == name)
            return {};
        list += (list.empty() ? "" : ", ") + repair.name;
    }
    return list;
}

AutoRepairRule read_rule(const Json& value, const std::string& path) {
    AutoRepairRule rule;
    for (const auto& [key, item] : object_at(value, path).items()) {
        const std::string at = path + "/" + key;
        if (key == "finding")
            rule.finding = text_at(item, at);
        else if (key == "repair")
            rule.repair = text_at(item, at);
        else if (key == "from_hour")
            rule.from_hour = static_cast<unsigned>(number_at(item, at, 0, 23));
        else if (key == "to_hour")
            rule.to_hour = static_cast<unsigned>(number_at(item, at, 0, 24));
        else if (key == "every_h")
            rule.every = std::chrono::hours{number_at(item, at, 1, 8760)};
        else if (key == "attempts")
            rule.attempts = static_cast<unsigned>(number_at(item, at, 1, 100));
        else
            throw Wrong{at, "unknown key; known here: attempts, every_h, finding, from_hour, repair, to_hour"};
    }
    if (rule.finding.find('.') == std::string::npos)
        throw Wrong{path + "/finding",
                    "expected the code of a finding such as cert.expired, found \"" + rule.finding + "\""};
    if (const std::string known = known_repairs(rule.repair); !known.empty())
        throw Wrong{path + "/repair", "expected one of: " + known + ", found \"" + rule.repair + "\""};
    return rule;
}

void read_rules(Settings& settings, const Json& value) {
    if (!value.is_array())
        throw Wrong{"/auto_repair", "expected a list of {\"finding\", \"repair\"}" + found(value)};
    settings.auto_repair.clear();
    for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string path = "/auto_repair/" + std::to_string(i);
        settings.auto_repair.push_back(read_rule(value[i], path));
        for (std::size_t k = 0; k < i; ++k)
            if (settings.auto_repair[k].finding == settings.auto_repair[i].finding)
                throw Wrong{path + "/finding", "there is a rule for it already"};
    }
}

void read_section(Settings& settings, const std::string& section, const Json& value) {
    if (section == "listen")
        return read_listeners(settings, value);
    if (section == "probes")
        return read_probes(settings, value);
    if (section == "auto_repair")
        return read_rules(settings, value);
    const std::string keys = known_keys(section);
    if (keys.empty())
        throw Wrong{"/" + section,
                    "unknown key; known are: auto_repair, listen, log, probes, rdp, repair, thresholds, tls, watch"};
    for (const auto& [key, item] : object_at(value, "/" + section).items()) {
        const std::string path = "/" + section + "/" + key;
        if (!read_field(settings, section, key, item, path))
            throw Wrong{path, "unknown key; known here: " + keys};
    }
}

void check_together(const Settings& settings) {
    if (settings.tls_certificate.empty() != settings.tls_private_key.empty())
        throw Wrong{"/tls", "certificate and private_key are needed together, or neither"};
    if (settings.rdp_address.empty())
        throw Wrong{"/rdp/address", "expected an address or a name, found nothing"};
}

// "[json.exception.parse_error.101] parse error at line 3, column 5: syntax error ..." in two halves.
SettingsError syntax_error(const std::string& file, const std::string& what) {
    const std::size_t at = what.find("line "), colon = what.find(": ", at == std::string::npos ? 0 : at);
    if (at == std::string::npos || colon == std::string::npos)
        return {file, "", what};
    return {file, what.substr(at, colon - at), what.substr(colon + 2)};
}

} // namespace

std::string describe(const SettingsError& error) {
    return error.file + (error.line_or_path.empty() ? "" : ", " + error.line_or_path) + ": " + error.problem;
}

std::variant<Settings, SettingsError> parse_settings(std::string_view text, const std::string& file_name) {
    try {
        Settings settings;
        const Json document = Json::parse(text, nullptr, true, true);
        for (const auto& [section, value] : object_at(document, "/").items())
            read_section(settings, section, value);
        check_together(settings);
        return settings;
    } catch (const Json::exception& error) {
        return syntax_error(file_name, error.what());
    } catch (const Wrong& wrong) {
        return SettingsError{file_name, wrong.path, wrong.problem};
    }
}

std::variant<Settings, SettingsError> load_settings(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        if (!error)
            return Settings{};
        return SettingsError{file.string(), "", "cannot be read: " + error.message()};
    }
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream || std::filesystem::is_directory(file, error))
        return SettingsError{file.string(), "", "cannot be read; it must be a file that this account may read"};
    return parse_settings(text.str(), file.string());
}

} // namespace rdpmedic
