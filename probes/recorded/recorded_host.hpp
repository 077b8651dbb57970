// How can a host answer that is not here? Every read, written down once, answers again anywhere.
#pragma once

#include "probes/host.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace rdpmedic {

// Passes every read through to `inner` and writes it down. Thread-safe.
class RecordingHost : public Host {
  public:
    // The recording so far as a JSON document, sorted, with format version and time.
    virtual std::string recording() const = 0;
};
std::unique_ptr<RecordingHost> make_recording_host(const Host& inner);

// Answers from a recording. What was not recorded is unsupported, "not in the recording: <read>", never "not found".
// Malformed JSON, a wrong shape or an unknown format version is an error with line or JSON path.
Result<std::unique_ptr<Host>> parse_recorded_host(const std::string& text, const std::string& file_name);
// A file can hold only what differs from another in its folder: "based_on": "healthy.json". Its reads replace those of
// that file, null takes one away. So a host with one fault is as long as its fault.
Result<std::unique_ptr<Host>> load_recorded_host(const std::filesystem::path& file);

} // namespace rdpmedic
