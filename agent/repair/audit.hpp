// Who had what done to this host, and has anybody changed the story since?
#pragma once

#include "probes/facts.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace rdpmedic {

// A file of JSON lines. Each holds `previous`, the hash of the line before it, and `hash`, its own: an edit, a removed,
// an inserted or a moved line breaks the chain from there on. `audit.head` beside it counts the lines and names the
// last one, so that a removed end shows as well. Who may write both files can still rewrite both: compare with the
// Windows Event Log, or keep copies elsewhere.
class Audit {
  public:
    explicit Audit(std::filesystem::path file) : file_(std::move(file)) {}

    // Adds one line and waits until the disk has it and its head. `event` is an object; `time`, `previous` and `hash`
    // are added. After an error the line is not there, as far as the disk lets it be taken off again. A last line that
    // a crash has torn is cut off and told in a line of its own; so is a trail that is not as its head says.
    // Thread-safe; between processes the repair lock must be held.
    Result<> append(Time time, nlohmann::json event);

  private:
    std::filesystem::path file_;
    std::mutex mutex_;
};

struct AuditTrail {
    std::size_t lines = 0;
    std::string broken{};            // "line 3: does not follow the line before it"; empty: the chain is whole
    std::vector<std::string> last{}; // the newest lines as they stand in the file, newest first
};

// The whole trail checked, and its `most` newest lines. A missing file has no lines. A head that is one line behind is
// what a crash between the two files leaves, and no break. Errors: the file could not be read, or is larger than
// 256 MB. Blocks for the read; a trail that is just being written is looked at again.
Result<AuditTrail> read_audit(const std::filesystem::path& file, std::size_t most);

// The number of lines when the chain holds; malformed, with the line, where it breaks.
Result<std::size_t> verify_audit(const std::filesystem::path& file);

} // namespace rdpmedic
