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
    // Of the time of an attempt, or up to now.
    using Read = std::function<Result<events::Facts>(std::optional<Time>)>;

    EventReader(Read read, const Limits& limits) : read_(std::move(read)), limits_(limits) {}

    // timed_out where no answer came in time, or too many wait for one. Blocks, at most Limits::events_wait.
    Result<events::Facts> facts(std::optional<Time> at = {});

  private:
    using Clock = std::chrono::steady_clock;
    struct State {
        std::mutex mutex;
        std::condition_variable read_ended;
        std::optional<Result<events::Facts>> last{};
        std::optional<Time> asked{}; // what `last` is of, or will be
        Clock::time_point read_at{};
        Clock::duration took{};
        bool reading = false;
        std::size_t waiting = 0;
    };

    // All with the state locked.
    bool begin(std::optional<Time> at);
    bool may_read() const;
    Clock::time_point rested() const; // until then the logs are left alone
    Result<events::Facts> wait(std::unique_lock<std::mutex>& lock, std::optional<Time> at);

    Read read_;
    Limits limits_;
    std::shared_ptr<State> state_ = std::make_shared<State>();
    DeskThreads thread_{1, 1};
};

} // namespace rdpmedic::api
