// How does the one door to repairs keep its jobs, its guards and its one worker?
#pragma once

#include "agent/repair/audit.hpp"
#include "agent/repair/carry_out.hpp"
#include "agent/repair/guards.hpp"
#include "agent/repair/journal.hpp"
#include "agent/repair/make_desk.hpp"
#include "agent/repair/repair_lock.hpp"
#include "agent/repair/repairs.hpp"
#include "agent/repair/request_key.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace rdpmedic {

// What tests replace: time that passes, and the disk below the journal.
struct DeskHooks {
    Journal::Append append;
    std::function<void(std::chrono::milliseconds)> pause; // empty: really waits, and ends early when the desk closes
    std::vector<Repair> repairs = all_repairs();
    // By which the deadline of a repair is kept.
    std::function<std::chrono::steady_clock::time_point()> tick = std::chrono::steady_clock::now;
};

class Desk : public RepairDesk {
  public:
    Desk(DeskParts parts, DeskHooks hooks);
    // Ends a repair that is under way: what it did is taken back first.
    ~Desk() override;

    // Takes back what a dead process left, and reads the finished jobs. Once, before anything else.
    Result<> open();

    std::vector<RepairInfo> repairs() const override;
    std::variant<Plan, Refusal> plan(const std::string& repair, const Options& options) override;
    std::variant<Job, Refusal> start(const RepairRequest& request) override;
    std::variant<Job, Refusal> roll_back(const std::string& id, const Caller& caller,
                                         bool disconnect_sessions) override;
    std::variant<Job, Refusal> cancel(const std::string& id, const Caller& caller) override;
    std::optional<Job> job(const std::string& id) const override;
    std::vector<Job> jobs() const override;
    std::optional<Job> wait(const std::string& id, std::chrono::milliseconds patience) const override;
    void heard_from(const Caller& caller) override;
    void recover_others() override;

  private:
    struct Work; // a job with all that its worker needs
    // The one that its idempotency key belongs to.
    struct FirstRequest {
        std::string digest; // as RequestKey::request
        std::string job;    // id
    };
    using Locked = std::function<std::variant<Job, Refusal>(std::unique_ptr<RepairLock>)>;

    const Repair* find(const std::string& name) const;
    Result<PlanAndFindings> look(const Repair& repair, const Options& options) const;
    JudgeContext context(Time now) const;
    Time now() const;
    std::filesystem::path journal_folder() const { return parts_.data_folder / "journal"; }

    // Takes the one place for a repair, here and on the machine, and gives it back unless a job runs then.
    std::variant<Job, Refusal> alone(const Locked& begin);
    std::variant<Job, Refusal> start_locked(const Repair& repair, const RepairRequest& request,
                                            std::unique_ptr<RepairLock> lock);
    std::variant<Job, Refusal> begin_job(const Repair& repair, const RepairRequest& request, PlanAndFindings seen,
                                         std::unique_ptr<RepairLock> lock);
    std::variant<Job, Refusal> roll_back_locked(const std::string& id, const RepairRequest& from,
                                                std::unique_ptr<RepairLock> lock);
    void launch(std::unique_ptr<Work> work);
    void work(Work& work);
    CarryOutParts carry_out_parts(Work& work, std::chrono::steady_clock::time_point deadline);
    Cure cure_of(const Work& work) const;
    // Plans once more: what is left is said, empty when it is as asked.
    std::function<Result<std::string>()> still_asked(const Repair& repair, const Options& options) const;
    void conclude(Work& work, const Job& job);
    Job note_rollback(const Work& work, Job job);
    void tell_steps(const Job& job, std::vector<StepState>& told);
    std::optional<std::string> reason_to_stop(std::chrono::steady_clock::time_point deadline) const;
    void pause(std::chrono::milliseconds duration) const;

    // An error: what is open in the journal is not known, so nothing may be changed.
    Result<> recover();
    Result<> read_finished_jobs();
    // An error: the folder could not be listed.
    Result<bool> knows_all_journals() const;
    // Tells once that the journal cannot be read, and again where that comes back after it was gone. Empty: it is gone.
    void tell_unreadable(const std::string& trouble);
    // Does `work` on the worker of a desk that is busy, which holds the lock and is busy until then. The jobs that come
    // out of it are seen when the desk is free: who sees one finished may begin the next.
    void in_background(std::unique_ptr<RepairLock> lock, std::function<std::vector<Job>()> work);
    // What waits for a restart of the machine that has been, oldest first.
    std::vector<JournalEntry> restarted_entries() const;
    // The newest first: what two of them have changed goes back in that order. The jobs as they ended.
    std::vector<Job> verify_entries(const std::vector<JournalEntry>& entries);
    // Nothing: the desk closes, and it is asked again at the next start.
    std::optional<Job> verify_entry(const JournalEntry& entry);
    std::optional<Verdict> verdict_after_restart(const JournalEntry& entry) const;
    void keep(const Job& job);
    void remember(const RepairRequest& request, const Job& job);
    // The first job of this key, or why the key is not for this request; nothing where there is no such job.
    std::optional<std::variant<Job, Refusal>> seen_before(const RepairRequest& request) const;
    // An error: the audit trail could not be written. The event is told all the same.
    Result<> tell(RepairEventKind kind, const Job& job, const std::string& text,
                  std::optional<JobStep> step = std::nullopt);
    Refusal refused(const RepairRequest& request, Refusal refusal);
    std::vector<Attempt> attempts() const;

    DeskParts parts_;
    DeskHooks hooks_;
    Audit audit_;

    mutable std::mutex mutex_; // guards everything below
    mutable std::condition_variable changed_;
    std::map<std::string, Job> jobs_;
    std::map<std::string, FirstRequest> by_key_; // by RequestKey::scope
    std::set<std::string> journals_read_;        // files of the journal that were read while nobody could write them
    std::string unreadable_;                     // what was told last of a journal that cannot be read
    std::thread worker_;
    bool busy_ = false;
    bool late_ = false; // another process held the lock at the start: what is done then is still to be done
    bool closing_ = false;
    std::string running_;      // id of the job that runs
    std::string cancelled_by_; // of the job that runs; empty: nobody wants it to end
    bool heard_ = false;       // its caller, since the last change
};

} // namespace rdpmedic
