// What did the administrator configure? Read from config.json (comments allowed), checked key by key.
#pragma once

#include "probes/probe.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rdpmedic {

struct ListenSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8904;
    bool tls = false; // an address other than loopback must have it
    friend bool operator==(const ListenSettings&, const ListenSettings&) = default;
};

struct ProbeSettings {
    bool enabled = true;
    std::optional<std::chrono::seconds> period, timeout; // empty: the probe's own
    friend bool operator==(const ProbeSettings&, const ProbeSettings&) = default;
};

// A repair that may begin without being asked, for one finding.
struct AutoRepairRule {
    std::string finding, repair;           // "cert.expired", "cert"
    unsigned from_hour = 0, to_hour = 0;   // of the host's own clock, over midnight too; the same: the whole day
    std::chrono::seconds every{24 * 3600}; // at least between two attempts
    unsigned attempts = 3;                 // without a cure, then it gives up while the finding stands
    friend bool operator==(const AutoRepairRule&, const AutoRepairRule&) = default;
};

struct Settings {
    std::vector<ListenSettings> listen{ListenSettings{}};
    std::string tls_certificate, tls_private_key; // PEM files; empty: the agent makes its own at first start
    std::map<std::string, ProbeSettings, std::less<>> probes;
    Thresholds limits;
    std::string rdp_address = default_rdp_address; // where handshakes connect to; the port is the listener's own
    std::chrono::seconds repair_cool_down{600};
    unsigned repair_attempts_per_day = 5;
    std::chrono::seconds repair_deadline{180};
    std::vector<AutoRepairRule> auto_repair; // empty: nothing is repaired without being asked
    unsigned repair_backup_mb = 64;          // journals of finished repairs, from which they can be taken back
    std::string log_level = "info";          // trace, debug, info, warn, error
    unsigned log_size_mb = 5, log_files = 5;
    std::size_t workers = 4;
    friend bool operator==(const Settings&, const Settings&) = default;
};

// One thing that is wrong with the configuration, for people.
struct SettingsError {
    std::string file, line_or_path; // "line 7, column 3" or "/listen/0/port"
    std::string problem;            // "expected a number from 1 to 65535, found \"rdp\""
};
std::string describe(const SettingsError& error); // "config.json, /listen/0/port: expected ..."

// Pure. All of it is checked before any of it counts; unknown keys are errors.
std::variant<Settings, SettingsError> parse_settings(std::string_view text, const std::string& file_name);
// Reads `file`. A missing file gives the defaults; an unreadable one is an error. Blocks.
std::variant<Settings, SettingsError> load_settings(const std::filesystem::path& file);
// The settings as a complete, commented configuration file; and the JSON schema of one.
std::string render_settings(const Settings& settings);
std::string settings_schema();

} // namespace rdpmedic
