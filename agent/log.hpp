// Where does the agent say what it does? One line an event, key=value, never a token or a body.
#pragma once

#include "agent/settings.hpp"
#include "probes/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace rdpmedic {

enum class LogLevel { debug, info, warn, error };

// Thread-safe; may block for the time of a write.
class Log {
  public:
    virtual ~Log() = default;
    virtual void write(LogLevel level, std::string_view line) = 0;
    // A line that monitoring filters by: written as any other, and to the Event Log under this id whatever its level,
    // where that is a target. The id has a message in agent/windows/events.mc.
    virtual void event(std::uint16_t id, LogLevel level, std::string_view line) = 0;

    void debug(std::string_view line) { write(LogLevel::debug, line); }
    void info(std::string_view line) { write(LogLevel::info, line); }
    void warn(std::string_view line) { write(LogLevel::warn, line); }
    void error(std::string_view line) { write(LogLevel::error, line); }
};

struct LogTargets {
    std::filesystem::path folder; // logs/rdpmedic.log, rotated by size; empty: no file
    bool console = false;         // stderr
    bool event_log = false;       // warnings and above, and every event(), to the Windows Event Log, source rdpmedic
};

// Errc::io, naming the file, when it cannot be opened.
Result<std::unique_ptr<Log>> make_log(const Settings& settings, const LogTargets& targets);

// A value of key=value: quoted when it is empty or holds a blank, a quote or '='; control characters become blanks.
std::string log_value(std::string_view text);

} // namespace rdpmedic
