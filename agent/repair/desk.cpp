// Who lets a repair begin, one at a time?
#include "agent/repair/desk_impl.hpp"

#include "agent/disk.hpp"
#include "agent/repair/desk_work.hpp"
#include "agent/repair/roll_back.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <random>

namespace rdpmedic {

namespace {

using std::chrono::seconds;

Refusal busy(const std::string& where) {
    return {Refusal::Kind::busy, "Another repair is under way on this host; one at a time.", {where}, seconds{30}};
}

Job not_needed(const std::string& id, const RepairRequest& request, const Plan& plan, Time now) {
    Job job{id, request.repair, request.caller, now, now, Outcome::not_needed, "", plan.hash(), {}};
    job.reason = plan.asked_for.empty() ? "Nothing that this repair cures was found; nothing was changed."
                                        : "It is as asked (" + plan.asked_for + "); nothing was changed.";
    return job;
}

bool needs_restart(const Plan& plan) {
    return std::any_of(plan.rungs.begin(), plan.rungs.end(),
                       [](const Rung& rung) { return rung.takes_effect_at_restart; });
}

} // namespace

std::string new_job_id(Time now) {
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss<seconds> time{now - day};
    std::random_device random;
    char id[64];
    std::snprintf(id, sizeof id, "%04d%02u%02uT%02d%02d%02dZ-%08x", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()), random());
    return id;
}

Refusal no_journal(const Error& error) {
    return {Refusal::Kind::journal,
            "The journal that a repair is taken back from could not be written, so nothing was changed: " +
                describe(error) + ". Make room on the disk or repair the access to the data folder.",
            {},
            seconds{0}};
}

Desk::Desk(DeskParts parts, DeskHooks hooks)
    : parts_(std::move(parts)), hooks_(std::move(hooks)), audit_(parts_.data_folder / "audit.jsonl") {}

Desk::~Desk() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    changed_.notify_all();
    if (worker_.joinable())
        worker_.join();
}

std::vector<RepairInfo> Desk::repairs() const {
    std::vector<RepairInfo> result;
    for (const Repair& repair : hooks_.repairs)
        result.push_back({repair.name, repair.what, repair.options});
    return result;
}

std::variant<Plan, Refusal> Desk::plan(const std::string& name, const Options& options) {
    const Repair* repair = find(name);
    if (repair == nullptr)
        return unknown_repair(name);
    if (std::string problem = problem_of(options, repair->options); !problem.empty())
        return Refusal{Refusal::Kind::bad_option, std::move(problem)};
    auto seen = look(*repair, options);
    if (!seen)
        return Refusal{Refusal::Kind::impossible, "The host could not be read: " + describe(seen.error())};
    return std::move(seen->plan);
}

std::variant<Job, Refusal> Desk::start(const RepairRequest& request) {
    const Repair* repair = find(request.repair);
    if (repair == nullptr)
        return unknown_repair(request.repair);
    if (std::string problem = problem_of(request.options, repair->options); !problem.empty())
        return Refusal{Refusal::Kind::bad_option, std::move(problem)};
    if (auto first = seen_before(request))
        return *first;
    return alone([&](std::unique_ptr<RepairLock> lock) { return start_locked(*repair, request, std::move(lock)); });
}

std::variant<Job, Refusal> Desk::alone(const Locked& begin) {
    {
        const std::lock_guard lock(mutex_);
        if (busy_ || closing_)
            return busy("in this process");
        busy_ = true;
    }
    // Free again however this ends, unless a job runs now: it frees itself.
    struct Freeing {
        Desk& desk;
        bool running = false;
        ~Freeing() {
            const std::lock_guard guard(desk.mutex_);
            if (!running)
                desk.busy_ = false;
        }
    } freeing{*this};
    auto lock = take_repair_lock(parts_.data_folder);
    std::variant<Job, Refusal> result = lock                                   ? begin(std::move(*lock))
                                        : lock.error().code == Errc::timed_out ? busy("in another process")
                                                                               : no_journal(lock.error());
    const Job* job = std::get_if<Job>(&result);
    freeing.running = job != nullptr && job->outcome == Outcome::running;
    return result;
}

std::variant<Job, Refusal> Desk::start_locked(const Repair& repair, const RepairRequest& request,
                                              std::unique_ptr<RepairLock> lock) {
    if (auto recovered = recover(); !recovered)
        return no_journal(recovered.error());
    // Another process may have carried out the request with this key, and its job has just been read.
    if (auto first = seen_before(request))
        return *first;
    auto seen = look(repair, request.options);
    if (!seen)
        return Refusal{Refusal::Kind::impossible, "The host could not be read: " + describe(seen.error())};
    const Time begun = now();
    const Plan& plan = seen->plan;
    if (!request.plans.empty() &&
        std::find(request.plans.begin(), request.plans.end(), plan.hash()) == request.plans.end())
        return refused(request, {Refusal::Kind::plan_changed,
                                 "The plan is not one that was seen: the host or what is asked has changed. Look at "
                                 "the plan again."});
    // Obstacles without a finding: what is asked is not said, or is to be asked for by an option.
    if (plan.obstacles.empty() && (!plan.is_called_for() || (plan.rungs.empty() && plan.cures.empty()))) {
        const Job job = not_needed(new_job_id(begun), request, plan, begun);
        remember(request, job);
        return job;
    }
    if (parts_.control == nullptr)
        return Refusal{Refusal::Kind::unsupported, "This host can be looked at but not changed."};
    const Limits limits{parts_.settings.repair_cool_down, parts_.settings.repair_attempts_per_day};
    if (auto refusal = refusal_of(plan, request, attempts(), limits, begun))
        return refused(request, *refusal);
    return begin_job(repair, request, std::move(*seen), std::move(lock));
}

std::variant<Job, Refusal> Desk::begin_job(const Repair& repair, const RepairRequest& request, PlanAndFindings seen,
                                           std::unique_ptr<RepairLock> lock) {
    const Plan& plan = seen.plan;
    std::string boot;
    if (needs_restart(plan)) {
        auto mark = parts_.boot_mark();
        if (!mark)
            return refused(request, {Refusal::Kind::impossible,
                                     "Whether the machine has been restarted could not be told afterwards: " +
                                         describe(mark.error())});
        boot = std::move(*mark);
    }
    const Time begun = now();
    Job job{new_job_id(begun), request.repair, request.caller, begun, {}, Outcome::running, "",
            plan.hash(),       steps_of(plan)};
    auto journal = Journal::begin(journal_folder(), job, to_text(key_of(request)), hooks_.append);
    if (!journal)
        return refused(request, no_journal(journal.error()));
    if (auto told = tell(RepairEventKind::begun, job, "rungs " + rungs_of(plan)); !told) {
        job.outcome = Outcome::refused;
        (void)journal->finished(job);
        return refused(request, no_journal(told.error()));
    }
    remember(request, job);
    launch(std::make_unique<Work>(
        Work{&repair, request, std::move(seen), job, std::move(*journal), std::move(lock), {}, std::move(boot)}));
    return job;
}

std::optional<Job> Desk::job(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end())
        return std::nullopt;
    return found->second;
}

std::vector<Job> Desk::jobs() const {
    const std::lock_guard lock(mutex_);
    std::vector<Job> result;
    for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job) // ids begin with their time
        result.push_back(job->second);
    return result;
}

void Desk::heard_from(const Caller& caller) {
    const std::lock_guard lock(mutex_);
    const auto job = jobs_.find(running_);
    if (job != jobs_.end() && job->second.caller.from == caller.from)
        heard_ = true;
}

std::optional<Job> Desk::wait(const std::string& id, std::chrono::milliseconds patience) const {
    std::unique_lock lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end())
        return std::nullopt;
    changed_.wait_for(lock, patience, [&] { return found->second.outcome != Outcome::running; });
    return found->second;
}

Result<std::unique_ptr<RepairDesk>> make_repair_desk(DeskParts parts) {
    auto desk = std::make_unique<Desk>(std::move(parts), DeskHooks{disk::append, {}, all_repairs()});
    if (auto opened = desk->open(); !opened)
        return opened.error();
    return std::unique_ptr<RepairDesk>(std::move(desk));
}

} // namespace rdpmedic
