// Who had what done to this host, and has anybody changed the story since?
#pragma once

#include "probes/facts.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <mutex>

namespace rdpmedic {

// A file of JSON lines. Each holds `previous`, the hash of the line before it, and `hash`, its own: an edit, a removed
// or an inserted line breaks the chain from there on. Cutting off the end does not; compare with the Windows Event Log.
class Audit {
  public:
    explicit Audit(std::filesystem::path file) : file_(std::move(file)) {}

    // Adds one line and waits until the disk has it. `event` is an object; `time`, `previous` and `hash` are added. A
    // last line that a crash has torn is cut off and told in a line of its own. Thread-safe; between processes the
    // repair lock must be held.
    Result<> append(Time time, nlohmann::json event);

  private:
    std::filesystem::path file_;
    std::mutex mutex_;
};

// The number of lines when the chain holds; malformed, with the line, where it breaks. A missing file has no lines.
Result<std::size_t> verify_audit(const std::filesystem::path& file);

} // namespace rdpmedic
