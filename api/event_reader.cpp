// What do the event logs say now?
#include "api/event_reader.hpp"

#include <algorithm>
#include <exception>

namespace rdpmedic::api {

// A log that takes long is read seldom: nobody keeps the host busy by asking again and again.
EventReader::Clock::time_point EventReader::rested() const {
    return state_->read_at + std::max<Clock::duration>(limits_.events_keep, limits_.events_rest * state_->took);
}

bool EventReader::may_read() const { return !state_->reading && (!state_->last || Clock::now() >= rested()); }

bool EventReader::begin(std::optional<Time> at) {
    state_->asked = at;
    state_->last.reset();
    state_->reading = thread_.submit([state = state_, read = read_, at] {
        const auto began = Clock::now();
        Result<events::Facts> facts = Error{Errc::io, 0, "the event logs"};
        try {
            facts = read(at);
        } catch (const std::exception& error) { // on a thread of its own nobody else would catch it
            facts = Error{Errc::io, 0, "the event logs: " + std::string(error.what())};
        }
        const std::lock_guard guard(state->mutex);
        state->last = std::move(facts);
        state->read_at = Clock::now();
        state->took = state->read_at - began;
        state->reading = false;
        state->read_ended.notify_all();
    });
    return state_->reading;
}

Result<events::Facts> EventReader::facts(std::optional<Time> at) {
    std::unique_lock lock(state_->mutex);
    if (!state_->reading && state_->last && state_->asked == at && Clock::now() < rested())
        return *state_->last;
    if (may_read() && !begin(at))
        return Error{Errc::io, 0, "a thread to read the event logs"};
    if (state_->waiting >= limits_.events_waiting)
        return Error{Errc::timed_out, 0, "the event logs, which others wait for already"};
    ++state_->waiting;
    Result<events::Facts> answer = wait(lock, at);
    --state_->waiting;
    return answer;
}

// Who asks about another time than the last one waits until the logs have been left alone for long enough.
Result<events::Facts> EventReader::wait(std::unique_lock<std::mutex>& lock, std::optional<Time> at) {
    const auto deadline = Clock::now() + limits_.events_wait;
    for (;;) {
        if (state_->reading)
            state_->read_ended.wait_until(lock, deadline, [&] { return !state_->reading; });
        else
            state_->read_ended.wait_until(lock, std::min(deadline, rested()));
        if (!state_->reading && state_->last && state_->asked == at)
            return *state_->last;
        if (Clock::now() >= deadline)
            return Error{Errc::timed_out, 0, "the event logs"};
        if (may_read() && !begin(at))
            return Error{Errc::io, 0, "a thread to read the event logs"};
    }
}

} // namespace rdpmedic::api
