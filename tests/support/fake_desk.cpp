// How does the API behave before any repair exists? A repair desk that does what the test says.
#include "tests/support/fake_desk.hpp"

#include <algorithm>
#include <utility>

namespace rdpmedic::testing {

struct FakeDesk::Call {
    explicit Call(std::atomic<int>& count) : count_(count) { ++count_; }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    ~Call() { --count_; }
    std::atomic<int>& count_;
};

FakeDesk::FakeDesk() = default;

FakeDesk::~FakeDesk() {
    release();
    while (calls_ != 0)
        std::this_thread::yield();
}

std::vector<RepairInfo> FakeDesk::repairs() const {
    return {{"cert", "gives the listener a certificate"},
            {"termservice",
             "starts services",
             {{"force", OptionSpec::Kind::flag, "not asked twice"},
              {"after", OptionSpec::Kind::number, "seconds", {}, 0, 60},
              {"user", OptionSpec::Kind::text, "whose session"},
              {"how", OptionSpec::Kind::choice, "which way", {"start", "restart"}}}}};
}

std::variant<Plan, Refusal> FakeDesk::plan(const std::string& repair, const Options& options) {
    const Call call(calls_);
    {
        const std::lock_guard lock(mutex_);
        planned_with = options;
        ++planned_[repair];
    }
    pass_gate(repair);
    std::variant<Plan, Refusal> answer = plan_answer;
    if (Plan* plan = std::get_if<Plan>(&answer))
        plan->repair = repair;
    return answer;
}

std::variant<Job, Refusal> FakeDesk::start(const RepairRequest& request) {
    const Call call(calls_);
    if (!starts_while_held)
        pass_gate(request.repair);
    const std::lock_guard lock(mutex_);
    if (const Plan* made = std::get_if<Plan>(&plan_answer); made != nullptr && !request.plans.empty()) {
        Plan plan = *made;
        plan.repair = request.repair;
        if (std::find(request.plans.begin(), request.plans.end(), plan.hash()) == request.plans.end())
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

std::optional<Job> FakeDesk::job(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    return found == jobs_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Job> FakeDesk::jobs() const {
    const std::lock_guard lock(mutex_);
    std::vector<Job> result;
    for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job)
        result.push_back(job->second);
    return result;
}

std::optional<Job> FakeDesk::wait(const std::string& id, std::chrono::milliseconds) const { return job(id); }

std::variant<Job, Refusal> FakeDesk::roll_back(const std::string& id, const Caller& caller, bool disconnect_sessions) {
    const std::lock_guard lock(mutex_);
    rollback_may_disconnect = disconnect_sessions;
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

std::variant<Job, Refusal> FakeDesk::cancel(const std::string& id, const Caller&) {
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

void FakeDesk::heard_from(const Caller& caller) {
    const std::lock_guard lock(mutex_);
    heard.push_back(caller.from);
}

void FakeDesk::recover_others() {}

void FakeDesk::remember(const Job& job) {
    const std::lock_guard lock(mutex_);
    jobs_[job.id] = job;
}

std::size_t FakeDesk::cancelled_now() const {
    const std::lock_guard lock(mutex_);
    return cancelled.size();
}

std::vector<std::string> FakeDesk::heard_now() const {
    const std::lock_guard lock(mutex_);
    return heard;
}

int FakeDesk::planned_now() const {
    const std::lock_guard lock(mutex_);
    int sum = 0;
    for (const auto& [repair, times] : planned_)
        sum += times;
    return sum;
}

int FakeDesk::planned_now(const std::string& repair) const {
    const std::lock_guard lock(mutex_);
    const auto found = planned_.find(repair);
    return found == planned_.end() ? 0 : found->second;
}

void FakeDesk::finish(const std::string& id, Outcome outcome, std::string reason) {
    const std::lock_guard lock(mutex_);
    Job& job = jobs_[id];
    job.outcome = outcome;
    job.reason = std::move(reason);
    job.finished = job.started + std::chrono::seconds{5};
}

void FakeDesk::hold() { hold(""); }

void FakeDesk::hold(const std::string& repair) {
    const std::lock_guard lock(mutex_);
    held_ = true;
    held_repair_ = repair;
}

void FakeDesk::release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
}

void FakeDesk::await_hanging(int calls) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return hanging_ == calls; });
}

int FakeDesk::hanging_now() const {
    const std::lock_guard lock(mutex_);
    return hanging_;
}

void FakeDesk::pass_gate(const std::string& repair) {
    std::unique_lock lock(mutex_);
    if (!held_ || (!held_repair_.empty() && held_repair_ != repair))
        return;
    ++hanging_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    --hanging_;
    changed_.notify_all();
}

} // namespace rdpmedic::testing
