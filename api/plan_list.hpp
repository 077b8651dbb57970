// Which repairs are called for now, without anybody being able to wear the host out by asking?
#pragma once

#include "agent/feed.hpp"
#include "agent/repair/desk.hpp"
#include "api/desk_threads.hpp"
#include "api/limits.hpp"
#include "api/message.hpp"
#include "api/planners.hpp"

namespace rdpmedic::api {

struct ListState;

// Plans all repairs, once for all who ask meanwhile. The list is kept for a moment, and dropped when the feed tells
// something: a job begins or ends, a finding comes or goes. Plans are made one after the other as long as each is
// quick. One that is not ready in time is listed with that, and not begun again before it has come back: a plan that
// hangs keeps one thread, its own. Belongs to the server's thread; no call but `leave` blocks.
class PlanList {
  public:
    using Clock = std::chrono::steady_clock;
    // When somebody has asked, and what had been told by then: no list that was begun before that may be the answer.
    struct Asked {
        Clock::time_point at{};
        std::uint64_t told = 0;
    };

    PlanList(RepairDesk& desk, std::shared_ptr<const Feed> feed, const Limits& limits);
    PlanList(const PlanList&) = delete;
    PlanList& operator=(const PlanList&) = delete;
    ~PlanList() { leave(std::chrono::milliseconds{0}); }

    Asked now() const { return {Clock::now(), feed_->newest()}; }
    // The list for who has asked then; nothing where it is still to be made.
    std::optional<Response> answer(const Asked& asked) const;
    // Begins to make one for who has asked then, unless there is one by now or one is being made. False when there is
    // no thread to do it.
    bool make(const Asked& asked);
    // The threads on which plans are made, also those that are asked for one by one.
    Planners& planners() { return *planners_; }
    // Plans no further, and waits for the plans that are being made, at most `patience` for all: those that hang are
    // left behind.
    void leave(std::chrono::milliseconds patience);

  private:
    std::shared_ptr<const Feed> feed_;
    std::shared_ptr<ListState> state_;
    std::shared_ptr<Planners> planners_;
    DeskThreads thread_{1, 1}; // puts the lists together; no call to the desk is made on it
};

} // namespace rdpmedic::api
