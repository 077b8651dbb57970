// Which probes are due? Pure: the time comes in.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace rdpmedic {

using Tick = std::chrono::steady_clock::time_point;

// When each probe runs next. A probe that is running is never due. Periods are spread by up to a tenth, so that probes
// with the same period do not stay in step.
class Schedule {
  public:
    // Due at once.
    void add(std::string probe, std::chrono::seconds period, Tick now);
    // The probes to start now, longest overdue first.
    std::vector<std::string> due(Tick now) const;
    void started(const std::string& probe);
    void finished(const std::string& probe, Tick now);
    // Asks for a run as soon as possible: at once, or right after the run that is under way.
    void hurry(const std::string& probe, Tick now);
    // When `due` will next have something; `now` + an hour when everything is running.
    Tick next(Tick now) const;

  private:
    struct Row {
        std::chrono::milliseconds period{0};
        Tick at{};
        unsigned runs = 0;
        bool running = false, again = false;
    };
    std::map<std::string, Row> rows_;
};

} // namespace rdpmedic
