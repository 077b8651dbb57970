// What do the event logs say now?
#include "api/event_reader.hpp"

namespace rdpmedic::api {

Result<events::Facts> EventReader::facts() {
    using Clock = std::chrono::steady_clock;
    std::unique_lock lock(state_->mutex);
    if (state_->last && !state_->reading && Clock::now() - state_->read_at < limits_.events_keep)
        return *state_->last;
    if (!state_->reading) {
        const bool begun = thread_.submit([state = state_, read = read_] {
            Result<events::Facts> facts = read();
            const std::lock_guard guard(state->mutex);
            state->last = std::move(facts);
            state->read_at = Clock::now();
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
