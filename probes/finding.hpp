// What is wrong, in a form that dashboards, repairs and people can rely on?
#pragma once

#include "probes/facts.hpp"

#include <compare>
#include <string>
#include <vector>

namespace rdpmedic {

// In order of concern. `unknown` is what could not be read: it is never healthy.
enum class Severity { info, unknown, warning, critical };

const char* name_of(Severity severity) noexcept; // "info", "unknown", "warning", "critical"

// One problem. `code` is part of the API and never renamed ("cert.expired"); `text` is for people and may change.
struct Finding {
    std::string code;
    Severity severity = Severity::warning;
    std::string text;
    std::string subject{};               // what it is about where a code can occur twice: a session id, a service name
    std::vector<std::string> evidence{}; // what was read, with where: "SSLCertificateSHA1Hash = ab12... (RDP-Tcp)"
    std::string repair{};                // name of the repair that cures it, empty where there is none
    std::string policy{};                // key and value of the Group Policy that owns the setting, empty if local
};

// A question that the host did not answer, as a finding: code "<probe>.unknown", subject what could not be read.
Finding unknown(std::string_view probe, std::string subject, const Error& error);

} // namespace rdpmedic
