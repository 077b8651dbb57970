// What do the names and numbers in the facts of a service mean? Shared by termservice.cpp and its tests only.
#pragma once

#include "probes/termservice.hpp"

#include <optional>

namespace rdpmedic::termservice {

const char* words(ServiceState state); // "starting", "running", ...

// How the program of a service is called: "%SystemRoot%\System32\svchost.exe -k termsvcs -s TermService".
struct CommandLine {
    std::string image; // lower case, without quotes
    std::string group; // lower case, what follows -k
};
CommandLine parse_command_line(std::string_view text);

// Does `path` name <SystemRoot>\System32\<file>? Empty: that cannot be told, because SystemRoot could not be read.
std::optional<bool> is_system_file(std::string_view path, std::string_view file, const Result<std::string>& root);

// A signature as a note, and back while it is younger than an hour and about the same file ("path|size|").
std::string remember_signature(const SignatureFacts& signature, const std::string& about, Time now);
std::optional<SignatureFacts> recall_signature(std::string_view note, std::string_view about, Time now);

// What the host lacks without SessionEnv and without UmRdpService.
inline constexpr const char* certificate_not_made = "the certificate of the listener is neither made nor renewed";
inline constexpr const char* devices_not_redirected =
    "drives, printers and the clipboard of the client are not redirected";

// Has it findings of its own: TermService, SessionEnv, UmRdpService? Without case.
bool is_judged_alone(std::string_view name);

} // namespace rdpmedic::termservice
