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
    std::vector<RepairRequest> requests;                    // as start got them
    Options planned_with;                                   // as plan got them last
    std::vector<std::string> rolled_back, cancelled, heard; // ids of jobs, addresses

    // The server abandons calls that hang when it stops: they must be out before this goes.
    ~FakeDesk() override {
        release();
        while (calls_ != 0)
            std::this_thread::yield();
    }

    std::vector<RepairInfo> repairs() const override {
        return {{"cert", "gives the listener a certificate"},
                {"termservice",
                 "starts services",
                 {{"force", OptionSpec::Kind::flag, "not asked twice"},
                  {"after", OptionSpec::Kind::number, "seconds", {}, 0, 60},
                  {"user", OptionSpec::Kind::text, "whose session"},
                  {"how", OptionSpec::Kind::choice, "which way", {"start", "restart"}}}}};
    }

    std::variant<Plan, Refusal> plan(const std::string& repair, const Options& options) override {
        const Call call(calls_);
        {
            const std::lock_guard lock(mutex_);
            planned_with = options;
        }
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
        if (const Plan* made = std::get_if<Plan>(&plan_answer); made != nullptr && !request.plan.empty()) {
            Plan plan = *made;
            plan.repair = request.repair;
            if (request.plan != plan.hash())
                return Refusal{Refusal::Kind::plan_changed, "the plan has changed"};
        }
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

    std::vector<Job> jobs() const override {
        const std::lock_guard lock(mutex_);
        std::vector<Job> result;
        for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job)
            result.push_back(job->second);
        return result;
    }

    std::optional<Job> wait(const std::string& id, std::chrono::milliseconds) const override { return job(id); }

    std::variant<Job, Refusal> roll_back(const std::string& id, const Caller& caller) override {
        const std::lock_guard lock(mutex_);
        rolled_back.push_back(id);
        const auto found = jobs_.find(id);
        if (found == jobs_.end())
            return Refusal{Refusal::Kind::unknown_job, "no such job"};
        if (rollback_answer)
            return *rollback_answer;
        Job undoing = found->second;
        undoing.id = id + "-undo";
        undoing.undoes = id;
        undoing.caller = caller;
        undoing.outcome = Outcome::rolled_back;
        jobs_[undoing.id] = undoing;
        found->second.undone_by = undoing.id;
        return undoing;
    }

    std::variant<Job, Refusal> cancel(const std::string& id, const Caller&) override {
        const std::lock_guard lock(mutex_);
        cancelled.push_back(id);
        const auto found = jobs_.find(id);
        if (found == jobs_.end())
            return Refusal{Refusal::Kind::unknown_job, "no such job"};
        if (found->second.outcome != Outcome::running)
            return Refusal{Refusal::Kind::not_undoable, "it has ended"};
        if (ends_when_cancelled)
            found->second.outcome = Outcome::rolled_back;
        return found->second;
    }

    void heard_from(const Caller& caller) override {
        const std::lock_guard lock(mutex_);
        heard.push_back(caller.from);
    }

    void remember(const Job& job) {
        const std::lock_guard lock(mutex_);
        jobs_[job.id] = job;
    }
    std::size_t cancelled_now() const {
        const std::lock_guard lock(mutex_);
        return cancelled.size();
    }
    std::vector<std::string> heard_now() const {
        const std::lock_guard lock(mutex_);
        return heard;
    }

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
