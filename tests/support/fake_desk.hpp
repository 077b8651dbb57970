// How does the API behave before any repair exists? A repair desk that does what the test says.
#pragma once

#include "agent/repair/desk.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace rdpmedic::testing {

// Knows the repairs "cert" and "termservice". Thread-safe. Tests set the answers before the server starts.
class FakeDesk : public RepairDesk {
  public:
    std::variant<Plan, Refusal> plan_answer = Plan{};
    std::variant<Job, Refusal> start_answer = Job{};
    std::optional<Refusal> rollback_answer;
    bool ends_when_cancelled = false;                       // at once, else by `finish`
    bool starts_while_held = false;                         // only `plan` hangs then
    std::vector<RepairRequest> requests;                    // as start got them
    Options planned_with;                                   // as plan got them last
    std::vector<std::string> rolled_back, cancelled, heard; // ids of jobs, addresses
    bool rollback_may_disconnect = false;

    FakeDesk();
    // The server abandons calls that hang when it stops: they must be out before this goes.
    ~FakeDesk() override;

    std::vector<RepairInfo> repairs() const override;
    std::variant<Plan, Refusal> plan(const std::string& repair, const Options& options) override;
    std::variant<Job, Refusal> start(const RepairRequest& request) override;
    std::optional<Job> job(const std::string& id) const override;
    std::vector<Job> jobs() const override;
    std::optional<Job> wait(const std::string& id, std::chrono::milliseconds patience) const override;
    std::variant<Job, Refusal> roll_back(const std::string& id, const Caller& caller,
                                         bool disconnect_sessions) override;
    std::variant<Job, Refusal> cancel(const std::string& id, const Caller& caller) override;
    void heard_from(const Caller& caller) override;
    void recover_others() override;

    void remember(const Job& job);
    std::size_t cancelled_now() const;
    std::vector<std::string> heard_now() const;
    int planned_now() const; // calls of plan so far
    int planned_now(const std::string& repair) const;

    void finish(const std::string& id, Outcome outcome, std::string reason);

    // From now on, `plan` and `start` hang until `release`.
    void hold();
    // The same for this repair alone.
    void hold(const std::string& repair);
    void release();
    // Blocks until so many calls hang, or none does.
    void await_hanging(int calls);
    int hanging_now() const;

  private:
    struct Call; // counts itself while it is under way

    void pass_gate(const std::string& repair);

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Job> jobs_;
    bool held_ = false;
    std::string held_repair_; // empty: all
    int hanging_ = 0;
    std::map<std::string, int> planned_; // by repair
    std::atomic<int> calls_{0};
};

} // namespace rdpmedic::testing
