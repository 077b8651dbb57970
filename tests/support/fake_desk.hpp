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
    std::vector<RepairRequest> requests; // as start got them

    // The server abandons calls that hang when it stops: they must be out before this goes.
    ~FakeDesk() override {
        release();
        while (calls_ != 0)
            std::this_thread::yield();
    }

    std::vector<std::string> names() const override { return {"cert", "termservice"}; }

    std::variant<Plan, Refusal> plan(const std::string& repair) override {
        const Call call(calls_);
        pass_gate();
        std::variant<Plan, Refusal> answer = plan_answer;
        if (Plan* plan = std::get_if<Plan>(&answer))
            plan->repair = repair;
        return answer;
    }

    std::variant<Job, Refusal> start(const RepairRequest& request) override {
        const Call call(calls_);
        pass_gate();
        const std::lock_guard lock(mutex_);
        requests.push_back(request);
        std::variant<Job, Refusal> answer = start_answer;
        if (Job* job = std::get_if<Job>(&answer)) {
            if (job->repair.empty())
                job->repair = request.repair;
            job->caller = request.caller;
            jobs_[job->id] = *job;
        }
        return answer;
    }

    std::optional<Job> job(const std::string& id) const override {
        const std::lock_guard lock(mutex_);
        const auto found = jobs_.find(id);
        return found == jobs_.end() ? std::nullopt : std::optional(found->second);
    }

    std::optional<Job> wait(const std::string& id, std::chrono::milliseconds) const override { return job(id); }

    void finish(const std::string& id, Outcome outcome, std::string reason) {
        const std::lock_guard lock(mutex_);
        Job& job = jobs_[id];
        job.outcome = outcome;
        job.reason = std::move(reason);
        job.finished = job.started + std::chrono::seconds{5};
    }

    // From now on, `plan` and `start` hang until `release`.
    void hold() {
        const std::lock_guard lock(mutex_);
        held_ = true;
    }
    void release() {
        const std::lock_guard lock(mutex_);
        held_ = false;
        changed_.notify_all();
    }
    // Blocks until so many calls hang, or none does.
    void await_hanging(int calls) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return hanging_ == calls; });
    }

  private:
    struct Call {
        explicit Call(std::atomic<int>& count) : count_(count) { ++count_; }
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;
        ~Call() { --count_; }
        std::atomic<int>& count_;
    };

    void pass_gate() {
        std::unique_lock lock(mutex_);
        ++hanging_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !held_; });
        --hanging_;
        changed_.notify_all();
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Job> jobs_;
    bool held_ = false;
    int hanging_ = 0;
    std::atomic<int> calls_{0};
};

} // namespace rdpmedic::testing
