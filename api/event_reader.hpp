// What do the event logs say now, without anybody being able to wear the host out by asking?
#pragma once

#include "api/desk_threads.hpp"
#include "api/limits.hpp"
#include "probes/events.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace rdpmedic::api {

// Reads the logs on one thread of its own, at most once at a time, and keeps the answer for a moment. Thread-safe. A
// read that hangs keeps that one thread; who asks meanwhile is told so.
class EventReader {
  public:
    using Read = std::function<Result<events::Facts>()>;

    EventReader(Read read, const Limits& limits) : read_(std::move(read)), limits_(limits) {}

    // timed_out where no answer came in time, or too many wait for one. Blocks, at most Limits::events_wait.
    Result<events::Facts> facts();

  private:
    struct State {
        std::mutex mutex;
        std::condition_variable read_ended;
        std::optional<Result<events::Facts>> last{};
        std::chrono::steady_clock::time_point read_at{};
        std::chrono::steady_clock::duration took{};
        bool reading = false;
        std::size_t waiting = 0;
    };

    Read read_;
    Limits limits_;
    std::shared_ptr<State> state_ = std::make_shared<State>();
    DeskThreads thread_{1, 1};
};

} // namespace rdpmedic::api
