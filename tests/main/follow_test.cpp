// What does somebody at a terminal see of a job, and what can they say to it?
#include "agent/main/follow.hpp"

#include "agent/repair/job_text.hpp"
#include "tests/support/fake_desk.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <sstream>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const Caller somebody{"EXAMPLE\\chief", "command line"};

Job job_with(std::vector<JobStep> steps, Outcome outcome = Outcome::running) {
    Job job;
    job.id = "20260115-000000-1";
    job.repair = "network";
    job.outcome = outcome;
    job.steps = std::move(steps);
    return job;
}

// A desk whose job goes on by one state each time it is waited for.
class SteppingDesk : public FakeDesk {
  public:
    std::deque<Job> states;

    std::optional<Job> wait(const std::string&, std::chrono::milliseconds) const override {
        auto& left = const_cast<std::deque<Job>&>(states);
        if (left.empty())
            return std::nullopt;
        Job next = left.front();
        left.pop_front();
        return next;
    }
};

struct Terminal {
    std::ostringstream out, err;
    Watcher watcher;

    explicit Terminal(std::size_t width) {
        watcher.out = &out;
        watcher.err = &err;
        watcher.width = width;
    }
};

const JobStep stop{"renew", "stop service SessionEnv", StepState::running, "", {}};
const JobStep stopped{"renew", "stop service SessionEnv", StepState::done, "", {}};
const JobStep start{"renew", "start service SessionEnv", StepState::planned, "", {}};
const JobStep started{"renew", "start service SessionEnv", StepState::done, "", {}};
const JobStep waits{"renew-lease", waits_until_heard, StepState::running, "", {}};

} // namespace

TEST_CASE("on a terminal the list of steps is drawn over itself, and only where it has changed") {
    SteppingDesk desk;
    desk.states = {job_with({stop, start}), job_with({stopped, start}),
                   job_with({stopped, started}, Outcome::repaired)};
    Terminal terminal(40);
    const Job job = follow(desk, job_with({stop, start}), somebody, terminal.watcher);
    CHECK(job.outcome == Outcome::repaired);
    CHECK(terminal.out.str() == "\r\x1b[2K[>] stop service SessionEnv\n\r\x1b[2K[ ] start service SessionEnv\n"
                                "\x1b[2A\r\x1b[2K[x] stop service SessionEnv\n\r\x1b[2K[ ] start service SessionEnv\n"
                                "\x1b[2A\r\x1b[2K[x] stop service SessionEnv\n\r\x1b[2K[x] start service SessionEnv\n");
    CHECK(terminal.err.str().empty());
}

TEST_CASE("lines are cut to the terminal, for one that wraps could not be drawn over") {
    SteppingDesk desk;
    Terminal terminal(24);
    follow(desk, job_with({stopped}, Outcome::repaired), somebody, terminal.watcher);
    CHECK(terminal.out.str() == "\r\x1b[2K[x] stop service Sessio\n");
}

TEST_CASE("elsewhere each step is a line when its state changes, and nothing is drawn") {
    SteppingDesk desk;
    desk.states = {job_with({stop, start}), job_with({stopped, started}, Outcome::repaired)};
    Terminal terminal(0);
    follow(desk, job_with({stop, start}), somebody, terminal.watcher);
    CHECK(terminal.out.str() == "running: stop service SessionEnv\ndone: stop service SessionEnv\n"
                                "done: start service SessionEnv\n");
}

TEST_CASE("an interruption cancels the job once, says so, and the list goes on below") {
    SteppingDesk desk;
    desk.remember(job_with({stop}));
    JobStep undone = stop;
    undone.state = StepState::undone;
    desk.states = {job_with({stop}), job_with({stop}), job_with({undone}, Outcome::rolled_back)};
    Terminal terminal(40);
    terminal.watcher.interrupted = [] { return true; };
    const Job job = follow(desk, job_with({stop}), somebody, terminal.watcher);
    CHECK(job.outcome == Outcome::rolled_back);
    CHECK(desk.cancelled == std::vector<std::string>{"20260115-000000-1"});
    CHECK(terminal.err.str() == "\nrdpmedic: cancelling; what was done is taken back\n");
    CHECK(terminal.out.str() == "\r\x1b[2K[>] stop service SessionEnv\n\r\x1b[2K[>] stop service SessionEnv\n"
                                "\x1b[1A\r\x1b[2K[<] stop service SessionEnv\n");
}

TEST_CASE("a job that waits for its caller asks, and hears only an Enter that comes after the question") {
    SteppingDesk desk;
    desk.states = {job_with({waits}), job_with({waits}), job_with({waits}, Outcome::repaired)};
    Terminal terminal(0);
    std::deque<bool> presses;
    terminal.watcher.confirmed = [&] {
        const bool pressed = !presses.empty() && presses.front();
        if (!presses.empty())
            presses.pop_front();
        return pressed;
    };
    SECTION("Enter before the question and none after it") { presses = {true, false, false}; }
    SECTION("Enter after the question") { presses = {false, false, true}; }
    const bool confirms = presses.back();
    follow(desk, job_with({waits}), somebody, terminal.watcher);
    CHECK(terminal.err.str().find("Press Enter to keep the change") != std::string::npos);
    CHECK(desk.heard_now() == (confirms ? std::vector<std::string>{"command line"} : std::vector<std::string>{}));
}

TEST_CASE("where nobody can be asked, nobody is heard") {
    SteppingDesk desk;
    desk.states = {job_with({waits}), job_with({waits}, Outcome::rolled_back)};
    Terminal terminal(0);
    follow(desk, job_with({waits}), somebody, terminal.watcher);
    CHECK(desk.heard_now().empty());
    CHECK(terminal.err.str().empty());
}

TEST_CASE("a job that asks its caller for nothing is not confirmed by Enter") {
    SteppingDesk desk;
    desk.states = {job_with({stop}), job_with({stopped}, Outcome::repaired)};
    Terminal terminal(0);
    terminal.watcher.confirmed = [] { return true; };
    follow(desk, job_with({stop}), somebody, terminal.watcher);
    CHECK(desk.heard_now().empty());
}

TEST_CASE("a quiet watcher shows nothing and still cancels") {
    SteppingDesk desk;
    desk.remember(job_with({stop}));
    desk.states = {job_with({stop}, Outcome::rolled_back)};
    Terminal terminal(40);
    terminal.watcher.out = nullptr;
    terminal.watcher.interrupted = [] { return true; };
    follow(desk, job_with({stop}), somebody, terminal.watcher);
    CHECK(terminal.out.str().empty());
    CHECK(desk.cancelled.size() == 1);
}

TEST_CASE("the exit code tells a script whether RDP is cured") {
    const auto code = [](Outcome outcome, const char* undoes) {
        Job job = job_with({}, outcome);
        job.undoes = undoes;
        return exit_code_of(job);
    };
    CHECK(code(Outcome::repaired, "") == 0);
    CHECK(code(Outcome::not_needed, "") == 0);
    CHECK(code(Outcome::pending_reboot, "") == 0);
    CHECK(code(Outcome::improved, "") == 1);
    CHECK(code(Outcome::rolled_back, "") == 1);
    CHECK(code(Outcome::rolled_back, "another job") == 0);
    CHECK(code(Outcome::rollback_failed, "another job") == 1);
    CHECK(code(Outcome::refused, "") == 2);
}
