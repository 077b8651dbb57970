// How is a repair carried out behind the door, and what is kept of it?
#include "agent/repair/desk_work.hpp"

#include "agent/disk.hpp"
#include "agent/repair/plan_parts.hpp"
#include "agent/repair/roll_back.hpp"
#include "agent/repair/undo_plan.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace rdpmedic {

namespace {

bool touched_the_host(Outcome outcome) {
    return outcome == Outcome::repaired || outcome == Outcome::rolled_back || outcome == Outcome::rollback_failed ||
           outcome == Outcome::pending_reboot || outcome == Outcome::improved;
}

// A repair can cure findings of several probes. By the codes of the findings: "firewall.rules_disabled" is of firewall.
std::set<std::string> probes_of(const std::vector<Finding>& findings) {
    std::set<std::string> probes;
    for (const Finding& finding : findings)
        probes.insert(finding.code.substr(0, finding.code.find('.')));
    return probes;
}

// What the plan itself waits for, which is not the repair hanging: users who are told, a caller to be heard again.
std::chrono::seconds waits_in(const Plan& plan) {
    std::chrono::seconds sum{0};
    for (const Rung& rung : plan.rungs) {
        sum += rung.confirm_within;
        for (const Change& change : rung.changes)
            if (const auto* told = std::get_if<TellSession>(&change))
                sum += std::chrono::seconds{told->seconds};
    }
    return sum;
}

} // namespace

// Whether looking again can tell that what was asked for is done.
bool asks(const Plan& plan) { return !plan.asked_for.empty() && !plan.done_when_made; }

Refusal unknown_repair(const std::string& name) {
    return {Refusal::Kind::unknown_repair, "There is no repair \"" + name + "\".", {}, std::chrono::seconds{0}};
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

Result<PlanAndFindings> Desk::look(const Repair& repair, const Options& options) const {
    auto seen = repair.plan(parts_.host, context(now()), options);
    if (seen)
        seen->plan.options = options;
    return seen;
}

void Desk::pause(std::chrono::milliseconds duration) const {
    if (hooks_.pause)
        return hooks_.pause(duration);
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, duration, [&] { return closing_; });
}

std::optional<std::string> Desk::reason_to_stop(std::chrono::steady_clock::time_point deadline) const {
    if (hooks_.tick() > deadline)
        return "the repair took longer than " + std::to_string(parts_.settings.repair_deadline.count()) + " seconds";
    const std::lock_guard lock(mutex_);
    if (closing_)
        return "the program ends";
    if (!cancelled_by_.empty())
        return cancelled_by_ + " cancelled it";
    return std::nullopt;
}

void Desk::launch(std::unique_ptr<Work> work) {
    if (worker_.joinable())
        worker_.join(); // has finished: nobody is busy
    {
        const std::lock_guard lock(mutex_);
        running_ = work->job.id;
        cancelled_by_.clear();
        heard_ = false;
    }
    worker_ = std::thread([this, work = std::move(work)] { this->work(*work); });
}

Cure Desk::cure_of(const Work& work) const {
    const Repair& repair = *work.repair;
    const Plan& plan = work.seen.plan;
    Cure cure{plan.cures, work.seen.findings, [this, &repair] { return repair.judge(parts_.host, context(now())); },
              repair.proof, parts_.settings.rdp_address};
    if (asks(plan))
        cure.still_asked = still_asked(repair, plan.options);
    if (repair.proof == HandshakeProof::no_worse) {
        const Verdict before = prove_handshake(parts_.host, parts_.settings.rdp_address);
        cure.proved_before = before.cured && !before.unproved;
    }
    return cure;
}

std::function<Result<std::string>()> Desk::still_asked(const Repair& repair, const Options& options) const {
    return [this, &repair, options]() -> Result<std::string> {
        auto again = look(repair, options);
        if (!again)
            return again.error();
        return again->plan.rungs.empty() ? std::string() : again->plan.asked_for + " is still to be done";
    };
}

void Desk::tell_steps(const Job& job, std::vector<StepState>& told) {
    for (std::size_t i = 0; i < job.steps.size(); ++i) {
        const JobStep& step = job.steps[i];
        if (std::exchange(told[i], step.state) == step.state)
            continue;
        (void)tell(kind_of(step.state), job,
                   step.rung + ": " + step.what + (step.detail.empty() ? "" : ": " + step.detail), step);
    }
}

CarryOutParts Desk::carry_out_parts(Work& work, std::chrono::steady_clock::time_point deadline) {
    auto told = std::make_shared<std::vector<StepState>>(work.job.steps.size(), StepState::planned);
    std::function<Verdict()> proof = [this, &plan = work.seen.plan] { return verify_undone(plan, parts_.host); };
    if (work.repair != nullptr)
        proof = [this, cure = cure_of(work)] { return verify(parts_.host, cure); };
    CarryOutParts parts{parts_.host, *parts_.control, work.journal, std::move(proof)};
    parts.progress = [this, told](const Job& job) {
        tell_steps(job, *told);
        if (job.outcome == Outcome::running)
            keep(job);
    };
    parts.pause = [this](std::chrono::milliseconds duration) { pause(duration); };
    parts.stop = [this, deadline] { return reason_to_stop(deadline); };
    parts.unattended = work.request.unattended;
    parts.may_disconnect = !parts.unattended && (work.request.disconnect_sessions || work.seen.plan.sessions.empty());
    if (!work.request.disconnect_sessions)
        parts.somebody_came = [this] { return !cut_off_by_restart(parts_.host.sessions()).empty(); };
    parts.after_restart = {work.boot, work.seen.plan.cures, work.seen.findings, work.seen.plan.options,
                           asks(work.seen.plan)};
    parts.heard = [this] {
        const std::lock_guard lock(mutex_);
        return heard_;
    };
    parts.listen = [this] {
        const std::lock_guard lock(mutex_);
        heard_ = false;
    };
    return parts;
}

void Desk::work(Work& work) {
    const auto deadline = hooks_.tick() + parts_.settings.repair_deadline + waits_in(work.seen.plan);
    Job job = carry_out(work.seen.plan, work.job, carry_out_parts(work, deadline));
    if (work.repair == nullptr)
        job = note_rollback(work, as_rollback(std::move(job)));
    (void)tell(kind_of(job.outcome), job, job.reason);
    conclude(work, job);
}

void Desk::conclude(Work& work, const Job& job) {
    if (const Repair* repair = find(job.repair)) {
        parts_.recheck(repair->probe);
        for (const std::string& probe : probes_of(work.seen.plan.cures))
            if (probe != repair->probe)
                parts_.recheck(probe);
    }
    parts_.recheck("handshake");
    // Free before it is told: who sees the job finished may begin the next at once.
    work.lock.reset();
    {
        const std::lock_guard lock(mutex_);
        busy_ = false;
        running_.clear();
        jobs_[job.id] = job;
    }
    changed_.notify_all();
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
    if (const std::optional<RequestKey> key = key_of(request))
        by_key_.emplace(key->scope, FirstRequest{key->request, job.id});
    // Jobs that found nothing to do are in no journal: a script that asks every minute must not fill the memory. Ids
    // begin with their time, so the oldest come first.
    for (auto oldest = jobs_.begin(); jobs_.size() > jobs_kept && oldest != jobs_.end();)
        oldest = oldest->second.outcome == Outcome::not_needed && oldest->first != job.id ? jobs_.erase(oldest)
                                                                                          : std::next(oldest);
    std::erase_if(by_key_, [this](const auto& entry) { return jobs_.count(entry.second.job) == 0; });
}

std::optional<std::variant<Job, Refusal>> Desk::seen_before(const RepairRequest& request) const {
    const std::optional<RequestKey> key = key_of(request);
    if (!key)
        return std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key->scope);
    if (found == by_key_.end())
        return std::nullopt;
    const auto& [digest, id] = found->second;
    const Job& first = jobs_.at(id);
    // Of a key that an earlier build noted only the repair is known, which its job says.
    if (digest.empty() ? first.repair == request.repair : digest == key->request)
        return first;
    return Refusal{Refusal::Kind::key_reused, "This idempotency key was used for another request, which became job " +
                                                  id + " (" + first.repair +
                                                  "). What is asked for anew needs a new key."};
}

Result<> Desk::tell(RepairEventKind kind, const Job& job, const std::string& text, std::optional<JobStep> step) {
    Result<> written;
    if (kind != RepairEventKind::step_running)
        written = audit_.append(now(), {{"event", name_of(kind)},
                                        {"job", job.id},
                                        {"repair", job.repair},
                                        {"undoes", job.undoes},
                                        {"caller", job.caller.name},
                                        {"from", job.caller.from},
                                        {"plan", job.plan_hash},
                                        {"outcome", name_of(job.outcome)},
                                        {"text", text}});
    parts_.told({kind, job, text, written ? std::string() : describe(written.error()), std::move(step)});
    return written;
}

Refusal Desk::refused(const RepairRequest& request, Refusal refusal) {
    Job job;
    job.repair = request.repair;
    job.caller = request.caller;
    job.outcome = Outcome::refused;
    (void)tell(RepairEventKind::refused, job, refusal.text);
    return refusal;
}

std::vector<Attempt> Desk::attempts() const {
    const std::lock_guard lock(mutex_);
    std::vector<Attempt> result;
    for (const auto& [id, job] : jobs_)
        if (job.undoes.empty() && touched_the_host(job.outcome))
            result.push_back({job.repair, job.plan_hash, job.started, job.finished.value_or(job.started),
                              std::any_of(job.steps.begin(), job.steps.end(),
                                          [](const JobStep& step) { return step.detail == left_out_for_sessions; })});
    return result;
}

} // namespace rdpmedic
