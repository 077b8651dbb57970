// Where does work run that may hang?
#include "api/desk_threads.hpp"

#include <system_error>
#include <thread>

namespace rdpmedic::api {

DeskThreads::DeskThreads(std::size_t threads, std::size_t queue) : most_threads_(threads), most_waiting_(queue) {}

void DeskThreads::run(const std::shared_ptr<State>& state) {
    std::unique_lock lock(state->mutex);
    while (!state->leaving) {
        if (state->waiting.empty()) {
            ++state->idle;
            state->work_came.wait(lock, [&] { return state->leaving || !state->waiting.empty(); });
            --state->idle;
            continue;
        }
        std::function<void()> work = std::move(state->waiting.front());
        state->waiting.pop_front();
        lock.unlock();
        work();
        work = nullptr; // what it owned ends here, not under the lock
        lock.lock();
    }
    --state->threads;
    state->thread_ended.notify_all();
}

bool DeskThreads::somebody_will_come() {
    if (state_->idle > state_->waiting.size() || state_->threads >= most_threads_)
        return true;
    try {
        std::thread([state = state_] { run(state); }).detach();
        ++state_->threads;
    } catch (const std::system_error&) {
        return state_->threads != 0; // else nobody would ever do it
    }
    return true;
}

bool DeskThreads::submit(std::function<void()> work) {
    const std::lock_guard lock(state_->mutex);
    if (state_->leaving || state_->waiting.size() >= most_waiting_ || !somebody_will_come())
        return false;
    state_->waiting.push_back(std::move(work));
    state_->work_came.notify_one();
    return true;
}

bool DeskThreads::submit_ahead(std::function<void()> work) {
    const std::lock_guard lock(state_->mutex);
    if (state_->leaving || !somebody_will_come())
        return false;
    state_->waiting.push_front(std::move(work));
    state_->work_came.notify_one();
    return true;
}

bool DeskThreads::leave(std::chrono::milliseconds patience) {
    std::unique_lock lock(state_->mutex);
    state_->leaving = true;
    state_->waiting.clear();
    state_->work_came.notify_all();
    return state_->thread_ended.wait_for(lock, patience, [&] { return state_->threads == 0; });
}

} // namespace rdpmedic::api
