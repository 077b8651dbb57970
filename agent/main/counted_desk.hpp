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

    std::vector<std::string> names() const override { return inner_->names(); }
    std::variant<Plan, Refusal> plan(const std::string& repair) override {
        const Call call(calls_);
        return inner_->plan(repair);
    }
    std::variant<Job, Refusal> start(const RepairRequest& request) override {
        const Call call(calls_);
        return inner_->start(request);
    }
    std::optional<Job> job(const std::string& id) const override {
        const Call call(calls_);
        return inner_->job(id);
    }
    std::optional<Job> wait(const std::string& id, std::chrono::milliseconds patience) const override {
        const Call call(calls_);
        return inner_->wait(id, patience);
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
