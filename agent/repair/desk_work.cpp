// How is a repair carried out behind the door, and what is kept of it?
#include "agent/repair/desk_work.hpp"

#include "agent/disk.hpp"
#include "agent/repair/roll_back.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rdpmedic {

namespace {

using nlohmann::json;

constexpr std::size_t finished_jobs_kept = 200;

bool touched_the_host(Outcome outcome) {
    return outcome == Outcome::repaired || outcome == Outcome::rolled_back || outcome == Outcome::rollback_failed ||
           outcome == Outcome::pending_reboot;
}

// For logs: quoted and escaped, so that a caller's name cannot forge a line.
std::string quoted(const std::string& text) { return json(text).dump(-1, ' ', false, json::error_handler_t::replace); }

} // namespace

Refusal unknown_repair(const std::string& name) {
    return {Refusal::Kind::unknown_repair, "There is no repair \"" + name + "\".", {}, std::chrono::seconds{0}};
}

std::string key_of(const RepairRequest& request) {
    if (request.idempotency_key.empty())
        return {};
    return json({request.caller.name, request.repair, request.idempotency_key})
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string rungs_of(const Plan& plan) {
    std::string result;
    for (const Rung& rung : plan.rungs)
        result += (result.empty() ? "" : ", ") + rung.id;
    return result;
}

const Repair* Desk::find(const std::string& name) const {
    for (const Repair& repair : hooks_.repairs)
        if (repair.name == name)
            return &repair;
    return nullptr;
}

Time Desk::now() const {
    if (auto time = parts_.host.now())
        return *time;
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

JudgeContext Desk::context(Time time) const { return {time, parts_.settings.limits, parts_.since}; }

Result<PlanAndFindings> Desk::look(const Repair& repair) const { return repair.plan(parts_.host, context(now())); }

void Desk::pause(std::chrono::milliseconds duration) const {
    if (hooks_.pause)
        return hooks_.pause(duration);
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, duration, [&] { return closing_; });
}

std::optional<std::string> Desk::reason_to_stop(std::chrono::steady_clock::time_point deadline) const {
    if (std::chrono::steady_clock::now() > deadline)
        return "the repair took longer than " + std::to_string(parts_.settings.repair_deadline.count()) + " seconds";
    const std::lock_guard lock(mutex_);
    if (closing_)
        return "the program ends";
    return std::nullopt;
}

void Desk::launch(std::unique_ptr<Work> work) {
    if (worker_.joinable())
        worker_.join(); // has finished: nobody is busy
    worker_ = std::thread([this, work = std::move(work)] { this->work(*work); });
}

void Desk::work(Work& work) {
    const auto deadline = std::chrono::steady_clock::now() + parts_.settings.repair_deadline;
    std::vector<StepState> told(work.job.steps.size(), StepState::planned);
    const Cure cure{work.seen.plan.cures, work.seen.findings,
                    [&] { return work.repair.judge(parts_.host, context(now())); }, work.repair.proof,
                    parts_.settings.rdp_address};
    const auto progress = [&](const Job& job) {
        for (std::size_t i = 0; i < job.steps.size(); ++i) {
            const StepState state = job.steps[i].state;
            if (std::exchange(told[i], state) == state || state == StepState::running)
                continue;
            (void)tell(std::string("step_") + name_of(state), job,
                       job.steps[i].rung + ": " + job.steps[i].what +
                           (job.steps[i].detail.empty() ? "" : ": " + job.steps[i].detail));
        }
        if (job.outcome == Outcome::running)
            keep(job);
    };
    const CarryOutParts parts{parts_.host,
                              *parts_.control,
                              work.journal,
                              [&] { return verify(parts_.host, cure); },
                              progress,
                              [&](std::chrono::milliseconds duration) { pause(duration); },
                              [&] { return reason_to_stop(deadline); },
                              work.request.disconnect_sessions || work.seen.plan.sessions.empty()};
    const Job job = carry_out(work.seen.plan, work.job, parts);
    (void)tell("repair_finished", job, job.reason);
    parts_.recheck(work.repair.probe);
    parts_.recheck("handshake");
    // Free before it is told: who sees the job finished may begin the next at once.
    work.lock.reset();
    {
        const std::lock_guard lock(mutex_);
        busy_ = false;
        jobs_[job.id] = job;
    }
    changed_.notify_all();
}

Result<> Desk::open() {
    std::error_code error;
    std::filesystem::create_directories(parts_.data_folder, error);
    if (error)
        return Error{Errc::io, static_cast<std::uint32_t>(error.value()),
                     "create the folder " + disk::text_of(parts_.data_folder)};
    auto lock = take_repair_lock(parts_.data_folder);
    if (lock) {
        if (auto recovered = recover(); !recovered)
            parts_.log(true, "event=journal_unreadable text=" + quoted(describe(recovered.error())));
        return {};
    }
    if (lock.error().code != Errc::timed_out)
        return lock.error();
    parts_.log(true, "event=repair_busy text=\"another process repairs this host\"");
    return {};
}

Result<> Desk::recover() {
    if (parts_.control != nullptr) {
        auto jobs = roll_back_open_entries(journal_folder(), parts_.host, *parts_.control, hooks_.append);
        if (!jobs)
            return jobs.error();
        for (const Job& job : *jobs) {
            (void)tell("repair_recovered", job, job.reason);
            keep(job);
        }
    }
    auto files = journal_files(journal_folder());
    if (!files)
        return files.error();
    std::error_code ignored;
    while (files->size() > finished_jobs_kept) {
        std::filesystem::remove(files->front(), ignored);
        files->erase(files->begin());
    }
    for (const std::filesystem::path& file : *files) {
        auto entry = read_journal(file);
        if (!entry || !entry->finished)
            continue;
        const std::lock_guard lock(mutex_);
        jobs_.emplace(entry->job.id, entry->job);
        if (!entry->idempotency_key.empty())
            by_key_.emplace(entry->idempotency_key, entry->job.id);
    }
    return {};
}

void Desk::keep(const Job& job) {
    {
        const std::lock_guard lock(mutex_);
        jobs_[job.id] = job;
    }
    changed_.notify_all();
}

void Desk::remember(const RepairRequest& request, const Job& job) {
    keep(job);
    const std::lock_guard lock(mutex_);
    if (const std::string key = key_of(request); !key.empty())
        by_key_.emplace(key, job.id);
    // Jobs that found nothing to do are in no journal: a script that asks every minute must not fill the memory. Ids
    // begin with their time, so the oldest come first.
    for (auto oldest = jobs_.begin(); jobs_.size() > finished_jobs_kept && oldest != jobs_.end();)
        oldest = oldest->second.outcome == Outcome::not_needed && oldest->first != job.id ? jobs_.erase(oldest)
                                                                                          : std::next(oldest);
    std::erase_if(by_key_, [this](const auto& entry) { return jobs_.count(entry.second) == 0; });
}

std::optional<Job> Desk::seen_before(const RepairRequest& request) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key_of(request));
    if (request.idempotency_key.empty() || found == by_key_.end())
        return std::nullopt;
    return jobs_.at(found->second);
}

Result<> Desk::tell(const std::string& event, const Job& job, const std::string& text) {
    auto written = audit_.append(now(), {{"event", event},
                                         {"job", job.id},
                                         {"repair", job.repair},
                                         {"caller", job.caller.name},
                                         {"from", job.caller.from},
                                         {"plan", job.plan_hash},
                                         {"outcome", name_of(job.outcome)},
                                         {"text", text}});
    const bool warning = event == "step_failed" || event == "step_undo_failed" || event == "repair_recovered" ||
                         job.outcome == Outcome::refused || job.outcome == Outcome::rolled_back ||
                         job.outcome == Outcome::rollback_failed || !written;
    parts_.log(warning, "event=" + event + " job=" + job.id + " repair=" + job.repair +
                            " caller=" + quoted(job.caller.name) + " from=" + quoted(job.caller.from) +
                            " outcome=" + name_of(job.outcome) + " text=" + quoted(text) +
                            (written ? "" : " audit=" + quoted(describe(written.error()))));
    return written;
}

Refusal Desk::refused(const RepairRequest& request, Refusal refusal) {
    Job job;
    job.repair = request.repair;
    job.caller = request.caller;
    job.outcome = Outcome::refused;
    (void)tell("repair_refused", job, refusal.text);
    return refusal;
}

std::vector<Attempt> Desk::attempts() const {
    const std::lock_guard lock(mutex_);
    std::vector<Attempt> result;
    for (const auto& [id, job] : jobs_)
        if (touched_the_host(job.outcome))
            result.push_back({job.repair, job.started, job.finished.value_or(job.started),
                              std::any_of(job.steps.begin(), job.steps.end(),
                                          [](const JobStep& step) { return step.detail == left_out_for_sessions; })});
    return result;
}

} // namespace rdpmedic
