// What is done for the repairs of an earlier process, and of the time before the machine was restarted?
#include "agent/repair/desk_impl.hpp"

#include "agent/disk.hpp"
#include "agent/repair/desk_work.hpp"
#include "agent/repair/roll_back.hpp"
#include "agent/repair/still_stands.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

// Ours: what services need after a boot until RDP answers.
constexpr int tries_after_restart = 12;
constexpr std::chrono::seconds longest_pause{30};

// A restart that has been cannot be cancelled any more.
std::vector<Undo> undo_after_restart(std::vector<Undo> undo) {
    for (Undo& item : undo)
        if (auto* change = std::get_if<Change>(&item.action); change && std::holds_alternative<CancelRestart>(*change))
            *change = CannotUndo{"the machine has been restarted"};
    return undo;
}

// Takes back what stands as the job left it; what somebody has changed since is his. What became of it, for people.
std::string take_back(const JournalEntry& entry, const Host& host, HostControl& control, Job& job) {
    job.outcome = Outcome::rolled_back;
    if (!entry.reached)
        return {};
    auto standing = undo_of_what_stands(entry, host, control);
    if (!standing) {
        job.outcome = Outcome::rollback_failed;
        return " Nothing was taken back, because whether it is as this repair left it could not be read: " +
               describe(standing.error()) + ".";
    }
    const std::vector<Undo> undo = undo_after_restart(std::move(*standing));
    const bool undone = roll_back(undo, *entry.reached, host, control, job, [] {});
    if (!undone)
        job.outcome = Outcome::rollback_failed;
    return words_of_rollback(undo, *entry.reached, undone) + " What was taken back counts after the next restart.";
}

} // namespace

Result<> Desk::open() {
    std::error_code error;
    std::filesystem::create_directories(parts_.data_folder, error);
    if (error)
        return Error{Errc::io, static_cast<std::uint32_t>(error.value()),
                     "create the folder " + disk::text_of(parts_.data_folder)};
    auto lock = take_repair_lock(parts_.data_folder);
    if (lock) {
        if (auto recovered = recover(); !recovered)
            tell_unreadable(describe(recovered.error()));
        else if (auto entries = restarted_entries(); !entries.empty()) {
            busy_ = true; // nobody else knows this desk yet
            in_background(std::move(*lock), [this, entries = std::move(entries)] { return verify_entries(entries); });
        }
        return {};
    }
    if (lock.error().code != Errc::timed_out)
        return lock.error();
    late_ = true;
    parts_.told({RepairEventKind::busy, {}, "another process repairs this host"});
    return {};
}

Result<> Desk::recover() {
    if (parts_.control != nullptr) {
        auto jobs = roll_back_open_entries(journal_folder(), parts_.host, *parts_.control, hooks_.append);
        if (!jobs)
            return jobs.error();
        for (const Job& job : *jobs) {
            (void)tell(RepairEventKind::recovered, job, job.reason);
            keep(job);
            if (const Repair* repair = find(job.repair))
                parts_.recheck(repair->probe);
        }
        if (!jobs->empty())
            parts_.recheck("handshake");
    }
    return read_finished_jobs();
}

Result<> Desk::read_finished_jobs() {
    const std::uintmax_t most = std::uintmax_t{parts_.settings.repair_backup_mb} << 20;
    if (auto pruned = prune_journal(journal_folder(), jobs_kept, most); !pruned)
        return pruned;
    auto files = journal_files(journal_folder());
    if (!files)
        return files.error();
    std::set<std::string> read;
    for (const std::filesystem::path& file : *files) {
        auto entry = read_journal(file);
        read.insert(disk::text_of(file.filename()));
        if (!entry || (!entry->finished && !entry->waiting))
            continue;
        const std::lock_guard lock(mutex_);
        jobs_[entry->job.id] = entry->job;
        if (const std::optional<RequestKey> key = request_key_from(entry->idempotency_key))
            by_key_.emplace(key->scope, FirstRequest{key->request, entry->job.id});
    }
    const std::lock_guard lock(mutex_);
    journals_read_ = std::move(read);
    return {};
}

// By their names alone: an open entry is a dead process's only while the lock is held, and reading them all is dear.
Result<bool> Desk::knows_all_journals() const {
    auto files = journal_files(journal_folder());
    if (!files)
        return files.error();
    const std::lock_guard lock(mutex_);
    return std::all_of(files->begin(), files->end(), [this](const std::filesystem::path& file) {
        return jobs_.count(disk::text_of(file.stem())) != 0 ||
               journals_read_.count(disk::text_of(file.filename())) != 0;
    });
}

void Desk::tell_unreadable(const std::string& trouble) {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(unreadable_, trouble) == trouble || trouble.empty())
            return;
    }
    parts_.told({RepairEventKind::journal_unreadable, {}, trouble});
}

void Desk::recover_others() {
    if (parts_.control == nullptr)
        return;
    const Result<bool> known = knows_all_journals();
    if (!known) // what is open is not known, and could not be read either
        return tell_unreadable(describe(known.error()));
    if (*known)
        tell_unreadable("");
    {
        const std::lock_guard guard(mutex_);
        if ((*known && !late_) || busy_ || closing_)
            return;
        busy_ = true;
    }
    auto lock = take_repair_lock(parts_.data_folder);
    bool late = false;
    {
        const std::lock_guard guard(mutex_);
        if (!lock) { // the process that began it lives
            busy_ = false;
            return;
        }
        late = std::exchange(late_, false);
    }
    in_background(std::move(*lock), [this, late]() -> std::vector<Job> {
        const Result<> recovered = recover();
        tell_unreadable(recovered ? std::string() : describe(recovered.error()));
        if (recovered && late)
            return verify_entries(restarted_entries());
        const std::lock_guard still(mutex_);
        late_ = late; // still to be done
        return {};
    });
}

void Desk::in_background(std::unique_ptr<RepairLock> lock, std::function<std::vector<Job>()> work) {
    if (worker_.joinable())
        worker_.join(); // has finished: the desk was not busy
    worker_ = std::thread([this, work = std::move(work), held = std::move(lock)]() mutable {
        const std::vector<Job> jobs = work();
        held.reset();
        {
            const std::lock_guard guard(mutex_);
            busy_ = false;
            for (const Job& job : jobs)
                jobs_[job.id] = job;
        }
        changed_.notify_all();
    });
}

std::vector<JournalEntry> Desk::restarted_entries() const {
    std::vector<JournalEntry> entries;
    if (!parts_.verifies_after_restart || parts_.control == nullptr)
        return entries;
    auto files = journal_files(journal_folder());
    const auto boot = parts_.boot_mark();
    if (!files || !boot) { // not known: they go on waiting
        parts_.told({RepairEventKind::journal_unreadable, {}, describe(files ? boot.error() : files.error())});
        return entries;
    }
    for (const std::filesystem::path& file : *files)
        if (auto entry = read_journal(file);
            entry && !entry->finished && entry->waiting && entry->waiting->boot != *boot)
            entries.push_back(std::move(*entry));
    return entries;
}

std::vector<Job> Desk::verify_entries(const std::vector<JournalEntry>& entries) {
    std::vector<Job> jobs;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry)
        if (auto job = verify_entry(*entry))
            jobs.push_back(std::move(*job));
    return jobs;
}

std::optional<Verdict> Desk::verdict_after_restart(const JournalEntry& entry) const {
    const Repair* repair = find(entry.job.repair);
    Verdict verdict{false, "this version of the program has no repair of that name"};
    auto wait = std::chrono::seconds{1};
    for (int attempt = 0; repair != nullptr && attempt < tries_after_restart; ++attempt) {
        if (attempt > 0)
            pause(std::exchange(wait, std::min(wait * 2, longest_pause)));
        Cure cure{entry.waiting->cures, entry.waiting->before,
                  [&] { return repair->judge(parts_.host, context(now())); }, repair->proof,
                  parts_.settings.rdp_address};
        cure.after_restart = true;
        if (entry.waiting->asked)
            cure.still_asked = still_asked(*repair, entry.waiting->still_asked);
        verdict = verify(parts_.host, cure);
        const std::lock_guard lock(mutex_);
        if (closing_)
            return std::nullopt;
        if (verdict.cured)
            break;
    }
    return verdict;
}

std::optional<Job> Desk::verify_entry(const JournalEntry& entry) {
    Job job = entry.job;
    (void)tell(RepairEventKind::verifies_after_restart, job, "the machine has been restarted");
    const std::optional<Verdict> verdict = verdict_after_restart(entry);
    if (!verdict)
        return std::nullopt;
    if (verdict->cured) {
        job.outcome = verdict->unproved ? Outcome::improved : Outcome::repaired;
        job.reason = std::string(verdict->unproved ? "Cured" : "Repaired") +
                     ", as seen after the restart: " + verdict->why + ".";
        for (JobStep& step : job.steps)
            if (step.state == StepState::planned)
                step.state = StepState::done;
    } else {
        job.reason = "Not cured after the restart: " + verdict->why + ".";
        job.reason += take_back(entry, parts_.host, *parts_.control, job);
    }
    job.finished = now();
    auto journal = Journal::resume(entry, hooks_.append);
    if (Result<> closed = journal ? journal->finished(job) : Result<>{journal.error()}; !closed)
        job.reason += " The journal could not be closed: " + describe(closed.error()) + ".";
    (void)tell(kind_of(job.outcome), job, job.reason);
    return job;
}

} // namespace rdpmedic
