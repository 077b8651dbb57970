// Is every wrong configuration refused with the place and what was expected, and every right one taken whole?
#include "agent/settings.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>

using namespace rdpmedic;
using namespace std::chrono_literals;

namespace {

Settings right(std::string_view text) {
    const auto parsed = parse_settings(text, "config.json");
    if (const auto* error = std::get_if<SettingsError>(&parsed))
        FAIL(describe(*error));
    return std::get<Settings>(parsed);
}

std::string wrong(std::string_view text) {
    const auto parsed = parse_settings(text, "config.json");
    return std::holds_alternative<SettingsError>(parsed) ? describe(std::get<SettingsError>(parsed)) : "accepted";
}

} // namespace

TEST_CASE("an empty configuration gives the defaults: loopback, port 8904, no TLS") {
    const Settings settings = right("{}");
    REQUIRE(settings.listen.size() == 1);
    CHECK(settings.listen[0].address == "127.0.0.1");
    CHECK(settings.listen[0].port == 8904);
    CHECK_FALSE(settings.listen[0].tls);
}

TEST_CASE("every section is read, comments included") {
    const Settings settings = right(R"({
        // the management network
        "listen": [{"address": "192.0.2.7", "port": 443, "tls": true}, {"port": 0}],
        "tls": {"certificate": "c.pem", "private_key": "k.pem"},
        "probes": {"cert": {"period_s": 30, "timeout_s": 3}, "winsock": {"enabled": false}},
        "thresholds": {"pinned_certificate_warn_days": 60, "handshake_slow_ms": 10},
        "repair": {"cool_down_s": 0, "attempts_per_day": 2, "deadline_s": 60},
        "rdp": {"address": "::1"}, "log": {"level": "debug", "size_mb": 1, "files": 2}, "watch": {"workers": 2}
    })");
    CHECK(settings.listen.at(0).address == "192.0.2.7");
    CHECK(settings.listen.at(0).tls);
    CHECK(settings.listen.at(1).address == "127.0.0.1");
    CHECK(settings.tls_certificate == "c.pem");
    CHECK(settings.probes.at("cert").period == 30s);
    CHECK(settings.probes.at("cert").timeout == 3s);
    CHECK_FALSE(settings.probes.at("winsock").enabled);
    CHECK(settings.limits.pinned_certificate_warn == std::chrono::days{60});
    CHECK(settings.limits.handshake_slow == 10ms);
    CHECK(settings.repair_attempts_per_day == 2);
    CHECK(settings.rdp_address == "::1");
    CHECK(settings.log_level == "debug");
    CHECK(settings.workers == 2);
}

TEST_CASE("a wrong configuration names the file, the place and what was expected") {
    const auto [text, message] = GENERATE(table<const char*, const char*>({
        {"{\"listen\": [", "config.json, line 1, column"},
        {"{\n\"log\": {},,}", "config.json, line 2, column 11"},
        {"[]", "config.json, /: expected an object, found []"},
        {"{\"lisen\": []}", "config.json, /lisen: unknown key; known are: auto_repair, listen, log, probes, rdp"},
        {"{\"log\": {\"levle\": \"info\"}}", "config.json, /log/levle: unknown key; known here: size_mb, files, level"},
        {"{\"log\": {\"level\": \"loud\"}}",
         "config.json, /log/level: expected one of: trace debug info warn error, found \"loud\""},
        {"{\"log\": 3}", "config.json, /log: expected an object, found 3"},
        {"{\"log\": [[]]}", "config.json, /log: expected an object, found a list"},
        {"{\"listen\": []}", "config.json, /listen: expected a list of at least one"},
        {"{\"listen\": [{\"port\": \"rdp\"}]}",
         "config.json, /listen/0/port: expected a whole number from 0 to 65535, found \"rdp\""},
        {"{\"listen\": [{\"port\": 65536}]}", "found 65536"},
        {"{\"listen\": [{\"port\": -1}]}", "found -1"},
        {"{\"listen\": [{\"port\": 18446744073709551615}]}", "found 18446744073709551615"},
        {"{\"listen\": [{\"port\": 1.5}]}", "found 1.5"},
        {"{\"listen\": [{\"address\": \"0.0.0.0\"}]}",
         "config.json, /listen/0: the address 0.0.0.0 is not loopback and needs \"tls\": true"},
        {"{\"probes\": {\"certs\": {}}}", "config.json, /probes/certs: unknown probe; known are: cert, termservice"},
        {"{\"probes\": {\"cert\": {\"period\": 3}}}",
         "config.json, /probes/cert/period: unknown key; known here: enabled, period_s"},
        {"{\"probes\": {\"handshake\": {\"period_s\": 60}}}",
         "config.json, /probes/handshake/period_s: expected at least 300"},
        {"{\"tls\": {\"certificate\": \"c.pem\"}}",
         "config.json, /tls: certificate and private_key are needed together"},
        {"{\"repair\": {\"attempts_per_day\": 0}}",
         "config.json, /repair/attempts_per_day: expected a whole number from 1 to 100, found 0"},
    }));
    CAPTURE(text);
    CHECK_THAT(wrong(text), Catch::Matchers::Contains(message));
}

TEST_CASE("a configuration cut off at any byte is refused") {
    const std::string text = R"({"listen": [{"port": 1}], "log": {"level": "info"}})";
    for (std::size_t length = 0; length < text.size(); ++length)
        CHECK(wrong(text.substr(0, length)) != "accepted");
}

TEST_CASE("a configuration nested ten thousand deep is refused") {
    CHECK(wrong("{\"log\": " + std::string(10000, '[') + std::string(10000, ']') + "}") != "accepted");
}

TEST_CASE("the rendered defaults are read back as the defaults, key by key") {
    const std::string text = render_settings(Settings{});
    CHECK(render_settings(right(text)) == text);
}

TEST_CASE("a changed value survives rendering") {
    Settings settings;
    settings.listen = {{"::1", 1, true}, {"127.0.0.1", 2, false}};
    settings.limits.renewal_grace = 7min;
    settings.probes["cert"].period = 77s;
    const Settings again = right(render_settings(settings));
    CHECK(again.listen.at(1).port == 2);
    CHECK(again.limits.renewal_grace == 7min);
    CHECK(again.probes.at("cert").period == 77s);
}

TEST_CASE("the schema is JSON and knows every section") {
    const nlohmann::json schema = nlohmann::json::parse(settings_schema());
    for (const char* section : {"listen", "probes", "tls", "rdp", "watch", "repair", "log", "thresholds"})
        CHECK(schema["properties"].contains(section));
    CHECK(schema["properties"]["log"]["properties"]["level"]["enum"].size() == 5);
}

TEST_CASE("a missing file gives the defaults and a folder in its place is an error") {
    CHECK(std::holds_alternative<Settings>(load_settings("no-such-folder/config.json")));
    CHECK(std::holds_alternative<SettingsError>(load_settings(std::filesystem::temp_directory_path())));
}

TEST_CASE("settings are the same when they say the same, however it is written") {
    const Settings settings = right("{}");
    CHECK(right("// nothing\n{\"listen\": [{\"port\": 8904}]}") == settings);
    const char* other = GENERATE(
        R"({"listen": [{"port": 8905}]})", R"({"tls": {"certificate": "c.pem", "private_key": "k.pem"}})",
        R"({"probes": {"cert": {"period_s": 30}}})", R"({"thresholds": {"handshake_slow_ms": 10}})",
        R"({"repair": {"deadline_s": 60}})", R"({"rdp": {"address": "::1"}})", R"({"log": {"level": "debug"}})",
        R"({"auto_repair": [{"finding": "cert.expired", "repair": "cert"}]})", R"({"watch": {"workers": 2}})");
    CAPTURE(other);
    CHECK(right(other) != settings);
}
