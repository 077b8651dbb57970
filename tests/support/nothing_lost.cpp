// Is a host cured or as it was, wherever a repair fails, dies or finds the disk full? For the real plan of any repair.
#include "tests/support/nothing_lost.hpp"

#include "agent/disk.hpp"
#include "agent/repair/carry_out.hpp"
#include "agent/repair/desk_impl.hpp"
#include "agent/repair/roll_back.hpp"
#include "agent/repair/still_stands.hpp"
#include "agent/repair/undo_plan.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing {

namespace {

// One run on a fresh host.
struct Run {
    explicit Run(const BrokenHost& of) : broken(of), host(of.host()), control(*host) {
        broken.hands(control);
        before = state();
    }

    std::string state() const { return broken.forgive(state_of(*host, control)); }
    std::filesystem::path journal() const { return folder.path() / "journal"; }
    JudgeContext context() const {
        JudgeContext result;
        result.now = host->time;
        return result;
    }

    Job carry_out(const std::function<Verdict(const PlanAndFindings&)>& verify, Journal::Append append = disk::append) {
        auto seen = broken.repair.plan(*host, context(), broken.options);
        REQUIRE(seen.has_value());
        seen->plan.options = broken.options;
        Job job;
        job.id = "job1";
        job.repair = broken.repair.name;
        job.steps = steps_of(seen->plan);
        auto begun = Journal::begin(journal(), job, "", append);
        if (!begun) {
            job.outcome = Outcome::refused;
            return job;
        }
        CarryOutParts parts{*host, control, *begun, [&] { return verify(*seen); }};
        parts.may_disconnect = true;
        parts.after_restart = {"boot 1", seen->plan.cures, seen->findings};
        parts.heard = [] { return false; };
        return rdpmedic::carry_out(seen->plan, job, parts);
    }
    Job never_cured(Journal::Append append = disk::append) {
        return carry_out(
            [](const PlanAndFindings&) {
                return Verdict{false, "never cured in this test"};
            },
            std::move(append));
    }
    // Cured at the check of that rung, counted from 1 without those that are left out.
    Job cured_at(int rung) {
        int asked = 0;
        return carry_out([&](const PlanAndFindings&) {
            return Verdict{++asked > (rung - 1) * verify_tries, "so says this test"};
        });
    }
    Result<JournalEntry> entry(const char* job) const {
        return read_journal(journal() / (std::string(job) + ".jsonl"));
    }
    // As the desk takes the finished job back. Empty: nothing of it can be.
    std::optional<Job> take_back() {
        auto plan = plan_undo(*entry("job1"), *host, control);
        if (const auto* refusal = std::get_if<Refusal>(&plan)) {
            INFO(refusal->text);
            CHECK(refusal->kind == Refusal::Kind::not_undoable);
            return std::nullopt;
        }
        const Plan& undo = std::get<Plan>(plan);
        Job job;
        job.id = "job2";
        job.undoes = "job1";
        job.steps = steps_of(undo);
        auto begun = Journal::begin(journal(), job, "", disk::append);
        REQUIRE(begun.has_value());
        CarryOutParts parts{*host, control, *begun, [&] { return verify_undone(undo, *host); }};
        parts.may_disconnect = true;
        return rdpmedic::carry_out(undo, job, parts);
    }
    // Taking back has steps that cannot be taken back themselves.
    bool is_one_way() const {
        const auto undoing = entry("job2");
        return undoing && std::any_of(undoing->undo.begin(), undoing->undo.end(), [](const Undo& one) {
                   const auto* change = std::get_if<Change>(&one.action);
                   return change != nullptr && std::holds_alternative<CannotUndo>(*change);
               });
    }
    std::vector<Job> recover() { return roll_back_open_entries(journal(), *host, control, disk::append).value(); }
    // As the desk does it when the machine has been restarted and the host is not cured.
    void give_up_after_restart() {
        const auto files = journal_files(journal()).value();
        REQUIRE(files.size() == 1);
        const auto entry = read_journal(files[0]);
        REQUIRE(entry.has_value());
        REQUIRE(entry->waiting.has_value());
        Job job = entry->job;
        const auto undo = undo_of_what_stands(*entry, *host, control);
        REQUIRE(undo.has_value());
        // Outside of CHECK, which would take the death of the process for a failed check.
        const bool undone = roll_back(*undo, *entry->reached, *host, control, job, [] {});
        CHECK(undone);
    }

    const BrokenHost& broken;
    TemporaryFolder folder;
    std::unique_ptr<FakeHost> host;
    FakeControl control;
    std::string before;
};

// All changes of a climb that never cures, with the undos; and whether it ends by waiting for a restart.
struct Climbed {
    int writes = 0, appends = 0;
    bool waits = false;
};

Climbed check_not_cured(const BrokenHost& broken) {
    Run run(broken);
    Climbed climbed;
    const Job job = run.never_cured([&](const std::filesystem::path& path, std::string_view bytes) {
        ++climbed.appends;
        return disk::append(path, bytes);
    });
    INFO(job.reason);
    climbed.waits = job.outcome == Outcome::pending_reboot;
    if (climbed.waits) {
        CHECK(run.recover().empty()); // the start of a process is no restart of the machine
        run.give_up_after_restart();
    } else {
        CHECK(job.outcome == Outcome::rolled_back);
    }
    CHECK(run.state() == run.before);
    climbed.writes = run.control.writes;
    return climbed;
}

void check_failing_step(const BrokenHost& broken, int step) {
    Run run(broken);
    run.control.fail_at = step;
    const Job job = run.never_cured();
    INFO("step " << step << " fails: " << job.reason);
    if (job.outcome == Outcome::rollback_failed) {
        // The undo itself failed, which is told. Of the changes themselves none may end so.
        CHECK(std::any_of(job.steps.begin(), job.steps.end(),
                          [](const JobStep& one) { return one.state == StepState::undo_failed; }));
        return;
    }
    if (job.outcome == Outcome::pending_reboot) { // the step that fails lies behind the restart
        run.control.fail_at.reset();
        run.give_up_after_restart();
    } else {
        CHECK(job.outcome == Outcome::rolled_back);
    }
    CHECK(run.state() == run.before);
}

void check_death(const BrokenHost& broken, int step, bool before_the_change) {
    Run run(broken);
    (before_the_change ? run.control.die_before : run.control.die_after) = step;
    bool died = false;
    try {
        const Job job = run.never_cured();
        if (job.outcome == Outcome::pending_reboot)
            run.give_up_after_restart();
    } catch (const Killed&) {
        died = true;
    }
    INFO("dies " << (before_the_change ? "before" : "after") << " step " << step);
    CHECK(died);
    run.control.die_before = run.control.die_after = std::nullopt;
    const std::vector<Job> jobs = run.recover();
    for (const Job& job : jobs) {
        INFO(job.reason);
        CHECK(job.outcome == Outcome::rolled_back);
    }
    if (jobs.empty()) // died while the verification after a restart took back: the next one does it again
        run.give_up_after_restart();
    CHECK(run.state() == run.before);
    const int writes = run.control.writes;
    CHECK(run.recover().empty());
    CHECK(run.control.writes == writes);
}

void check_full_disk(const BrokenHost& broken, int fails_at) {
    Run run(broken);
    int appends = 0;
    const Job job = run.never_cured([&](const std::filesystem::path& path, std::string_view bytes) -> Result<> {
        if (appends++ >= fails_at)
            return Error{Errc::io, 28, "write"};
        return disk::append(path, bytes);
    });
    INFO("the disk is full at record " << fails_at << ": " << job.reason);
    CHECK((job.outcome == Outcome::refused || job.outcome == Outcome::rolled_back));
    if (job.outcome == Outcome::refused)
        CHECK(run.control.writes == 0);
    CHECK(run.state() == run.before);
}

bool is_finished(const Job& job) {
    return job.outcome == Outcome::repaired || job.outcome == Outcome::improved ||
           job.outcome == Outcome::pending_reboot;
}

void check_taken_back_by_its_id(Run& run) {
    DeskParts parts{*run.host, &run.control, run.folder.path(), {}};
    Desk desk(std::move(parts), DeskHooks{disk::append, [](std::chrono::milliseconds) {}, {run.broken.repair}});
    REQUIRE(desk.open().has_value());
    const auto begun = desk.roll_back("job1", {"boss", "127.0.0.1"}, true);
    if (const auto* refusal = std::get_if<Refusal>(&begun)) {
        std::string details;
        for (const std::string& detail : refusal->details)
            details += " " + detail;
        INFO(refusal->text << details);
        CHECK(refusal->kind == Refusal::Kind::not_undoable);
        return;
    }
    const Job job = desk.wait(std::get<Job>(begun).id, std::chrono::seconds{60}).value();
    INFO(job.reason);
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK(run.state() == run.before);
}

void check_then_taken_back(Run& run, const std::string& repaired) {
    if (run.is_one_way())
        return;
    CHECK(run.state() == repaired);
    std::filesystem::remove(run.journal() / "job2.jsonl");
    const auto job = run.take_back();
    REQUIRE(job.has_value());
    CHECK(job->outcome == Outcome::repaired);
    CHECK(run.state() == run.before);
}

void check_failing_rollback(const BrokenHost& broken, int rung, int step) {
    Run run(broken);
    REQUIRE(is_finished(run.cured_at(rung)));
    const std::string repaired = run.state();
    run.control.fail_at = run.control.writes + step;
    const auto job = run.take_back();
    REQUIRE(job.has_value());
    INFO("step " << step << " of the rollback fails: " << job->reason);
    CHECK((job->outcome == Outcome::rolled_back || job->outcome == Outcome::refused));
    check_then_taken_back(run, repaired);
}

void check_death_in_rollback(const BrokenHost& broken, int rung, int step, bool before_the_change) {
    Run run(broken);
    REQUIRE(is_finished(run.cured_at(rung)));
    const std::string repaired = run.state();
    (before_the_change ? run.control.die_before : run.control.die_after) = run.control.writes + step;
    bool died = false;
    try {
        (void)run.take_back();
    } catch (const Killed&) {
        died = true;
    }
    INFO("dies " << (before_the_change ? "before" : "after") << " step " << step << " of the rollback");
    CHECK(died);
    run.control.die_before = run.control.die_after = std::nullopt;
    for (const Job& job : run.recover()) {
        INFO(job.reason);
        CHECK(job.outcome == Outcome::rolled_back);
    }
    check_then_taken_back(run, repaired);
}

void check_taken_back(const BrokenHost& broken) {
    for (int rung = 1;; ++rung) {
        INFO("cured at rung " << rung);
        Run run(broken);
        const Job job = run.cured_at(rung);
        if (!is_finished(job))
            break;
        const int made = run.control.writes;
        check_taken_back_by_its_id(run);
        for (int step = 0, steps = run.control.writes - made; step < steps; ++step) {
            check_failing_rollback(broken, rung, step);
            check_death_in_rollback(broken, rung, step, true);
            check_death_in_rollback(broken, rung, step, false);
        }
        if (job.outcome == Outcome::pending_reboot)
            break;
    }
}

} // namespace

Job carry_out_for_real(const BrokenHost& broken, const std::function<void(FakeHost&, FakeControl&)>& after) {
    Run run(broken);
    const bool proved = prove_handshake(*run.host, "127.0.0.1").cured;
    const Job job = run.carry_out([&](const PlanAndFindings& seen) {
        Cure cure{seen.plan.cures, seen.findings, [&] { return broken.repair.judge(*run.host, run.context()); },
                  broken.repair.proof};
        cure.proved_before = proved;
        if (!seen.plan.asked_for.empty() && !seen.plan.done_when_made)
            cure.still_asked = [&]() -> Result<std::string> {
                auto again = broken.repair.plan(*run.host, run.context(), broken.options);
                if (!again)
                    return again.error();
                return again->plan.rungs.empty() ? std::string() : again->plan.asked_for + " is still to be done";
            };
        return verify(*run.host, cure);
    });
    after(*run.host, run.control);
    return job;
}

int check_nothing_lost(const BrokenHost& broken) {
    INFO(broken.name);
    const Climbed climbed = check_not_cured(broken);
    CHECK(climbed.writes > 0);
    for (int step = 0; step < climbed.writes; ++step) {
        check_failing_step(broken, step);
        check_death(broken, step, true);
        check_death(broken, step, false);
    }
    for (int record = 1; record < climbed.appends; ++record)
        check_full_disk(broken, record);
    check_taken_back(broken);
    return climbed.writes;
}

} // namespace rdpmedic::testing
