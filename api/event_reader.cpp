// What do the event logs say now?
#include "api/event_reader.hpp"

#include <algorithm>
#include <exception>

namespace rdpmedic::api {

Result<events::Facts> EventReader::facts() {
    using Clock = std::chrono::steady_clock;
    std::unique_lock lock(state_->mutex);
    // A log that takes long is read seldom: nobody keeps the host busy by asking again and again.
    const Clock::duration rest = std::max<Clock::duration>(limits_.events_keep, limits_.events_rest * state_->took);
    if (state_->last && !state_->reading && Clock::now() - state_->read_at < rest)
        return *state_->last;
    if (!state_->reading) {
        const bool begun = thread_.submit([state = state_, read = read_] {
            const auto began = Clock::now();
            Result<events::Facts> facts = Error{Errc::io, 0, "the event logs"};
            try {
                facts = read();
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
        if (!begun)
            return Error{Errc::io, 0, "a thread to read the event logs"};
        state_->reading = true;
    }
    if (state_->waiting >= limits_.events_waiting)
        return Error{Errc::timed_out, 0, "the event logs, which others wait for already"};
    ++state_->waiting;
    const bool ended = state_->read_ended.wait_for(lock, limits_.events_wait, [&] { return !state_->reading; });
    --state_->waiting;
    if (!ended)
        return Error{Errc::timed_out, 0, "the event logs"};
    return *state_->last;
}

} // namespace rdpmedic::api
