// Where does work run that may hang? On threads that can be left behind.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace rdpmedic::api {

// A few threads, started when first needed. Thread-safe.
class DeskThreads {
  public:
    DeskThreads(std::size_t threads, std::size_t queue);
    DeskThreads(const DeskThreads&) = delete;
    DeskThreads& operator=(const DeskThreads&) = delete;
    ~DeskThreads() { leave(std::chrono::milliseconds{0}); }

    // False when too much is waiting already, or after `leave`. `work` must not throw, and must own what it touches.
    bool submit(std::function<void()> work);
    // The same for work that goes before all that waits, however much that is: the caller bounds how much it submits.
    bool submit_ahead(std::function<void()> work);
    // Drops what has not begun and waits for what has, at most `patience`. A thread that hangs in a call is left
    // behind: it ends with that call, or with the process. Says whether all threads ended. Blocks.
    bool leave(std::chrono::milliseconds patience);

  private:
    struct State {
        std::mutex mutex;
        std::condition_variable work_came, thread_ended;
        std::deque<std::function<void()>> waiting;
        std::size_t threads = 0, idle = 0;
        bool leaving = false;
    };
    static void run(const std::shared_ptr<State>& state);
    // Whether there is a thread that will come for one more piece of work. With the state locked.
    bool somebody_will_come();

    std::shared_ptr<State> state_ = std::make_shared<State>();
    std::size_t most_threads_, most_waiting_;
};

} // namespace rdpmedic::api
