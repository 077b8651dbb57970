// May the desk be taken down, or does somebody still stand at it?
#pragma once

#include "agent/repair/desk.hpp"

#include <atomic>
#include <memory>
#include <thread>

namespace rdpmedic {

// Passes every call on to `inner` and counts those that have not come back. The server abandons a call that hangs in
// Windows when it stops; what that call stands on must then stay.
class CountedDesk : public RepairDesk {
  public:
    explicit CountedDesk(std::unique_ptr<RepairDesk> inner) : inner_(std::move(inner)) {}

    // True once no call is under way, false when one still is after `patience`. Blocks.
    bool quiet(std::chrono::milliseconds patience) const {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (calls_ != 0 && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        return calls_ == 0;
    }

    std::vector<RepairInfo> repairs() const override { return inner_->repairs(); }
    std::variant<Plan, Refusal> plan(const std::string& repair, const Options& options) override {
        const Call call(calls_);
        return inner_->plan(repair, options);
    }
    std::variant<Job, Refusal> start(const RepairRequest& request) override {
        const Call call(calls_);
        return inner_->start(request);
    }
    std::variant<Job, Refusal> roll_back(const std::string& id, const Caller& caller,
                                         bool disconnect_sessions) override {
        const Call call(calls_);
        return inner_->roll_back(id, caller, disconnect_sessions);
    }
    std::variant<Job, Refusal> cancel(const std::string& id, const Caller& caller) override {
        const Call call(calls_);
        return inner_->cancel(id, caller);
    }
    std::optional<Job> job(const std::string& id) const override {
        const Call call(calls_);
        return inner_->job(id);
    }
    std::vector<Job> jobs() const override {
        const Call call(calls_);
        return inner_->jobs();
    }
    std::optional<Job> wait(const std::string& id, std::chrono::milliseconds patience) const override {
        const Call call(calls_);
        return inner_->wait(id, patience);
    }
    void heard_from(const Caller& caller) override {
        const Call call(calls_);
        inner_->heard_from(caller);
    }
    void recover_others() override {
        const Call call(calls_);
        inner_->recover_others();
    }

  private:
    struct Call {
        explicit Call(std::atomic<int>& count) : count_(count) { ++count_; }
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;
        ~Call() { --count_; }
        std::atomic<int>& count_;
    };

    std::unique_ptr<RepairDesk> inner_;
    mutable std::atomic<int> calls_{0};
};

} // namespace rdpmedic
