// On which threads are plans made, so that one that hangs costs its own repair alone?
#pragma once

#include "agent/repair/desk.hpp"
#include "api/desk_threads.hpp"

#include <map>

namespace rdpmedic::api {

// A few threads and places to wait for each repair, started when first needed: at most `threads` hang in the plans of
// one repair, and none of another's. Thread-safe.
class Planners {
  public:
    Planners(const std::vector<RepairInfo>& repairs, std::size_t threads, std::size_t queue);

    // As those of DeskThreads, on the threads of this repair. False also where there is no such repair.
    bool submit(const std::string& repair, std::function<void()> work);
    bool submit_ahead(const std::string& repair, std::function<void()> work);
    // As that of DeskThreads, of all at once: `patience` is not one for each. Blocks.
    bool leave(std::chrono::milliseconds patience);

  private:
    std::map<std::string, DeskThreads> threads_; // by repair; none comes or goes
};

} // namespace rdpmedic::api
