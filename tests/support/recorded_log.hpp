// What was logged, for tests?
#pragma once

#include "agent/log.hpp"

#include <string>
#include <utility>
#include <vector>

namespace rdpmedic::testing {

class RecordedLog : public Log {
  public:
    std::vector<std::string> lines; // events too
    std::vector<std::pair<std::uint16_t, LogLevel>> events;

    void write(LogLevel, std::string_view line) override { lines.emplace_back(line); }
    void event(std::uint16_t id, LogLevel level, std::string_view line) override {
        events.emplace_back(id, level);
        write(level, line);
    }
};

} // namespace rdpmedic::testing
