// Which repairs are called for now, without anybody being able to wear the host out by asking?
#pragma once

#include "agent/feed.hpp"
#include "agent/repair/desk.hpp"
#include "api/desk_threads.hpp"
#include "api/message.hpp"

#include <atomic>

namespace rdpmedic::api {

// Plans all repairs on one thread of its own, once for all who ask meanwhile. The list is kept for a moment, and
// dropped when the feed tells something: a job begins or ends, a finding comes or goes. A plan that hangs keeps that
// one thread. Belongs to the server's thread; no call but `leave` blocks.
class PlanList {
  public:
    using Clock = std::chrono::steady_clock;
    // When somebody has asked, and what had been told by then: no list that was begun before that may be the answer.
    struct Asked {
        Clock::time_point at{};
        std::uint64_t told = 0;
    };

    PlanList(RepairDesk& desk, std::shared_ptr<const Feed> feed, std::chrono::milliseconds keep)
        : desk_(desk), feed_(std::move(feed)), keep_(keep) {}
    PlanList(const PlanList&) = delete;
    PlanList& operator=(const PlanList&) = delete;
    ~PlanList() { leave(std::chrono::milliseconds{0}); }

    Asked now() const { return {Clock::now(), feed_->newest()}; }
    // The list for who has asked then; nothing where it is still to be made.
    std::optional<Response> answer(const Asked& asked) const;
    // Begins to make one, unless one is being made. False when there is no thread to do it.
    bool make();
    // Plans no further, and waits for the plan that is being made, at most `patience`: one that hangs is left behind.
    void leave(std::chrono::milliseconds patience);

  private:
    struct State {
        std::atomic<bool> leaving = false;
        std::mutex mutex; // guards what follows
        std::optional<Response> last{};
        Clock::time_point made_at{};
        std::uint64_t told = 0; // before `last` was begun
        bool making = false;
    };
    static Response list(RepairDesk& desk, const State& state);

    RepairDesk& desk_;
    std::shared_ptr<const Feed> feed_;
    std::chrono::milliseconds keep_;
    std::shared_ptr<State> state_ = std::make_shared<State>();
    DeskThreads thread_{1, 1};
};

} // namespace rdpmedic::api
