// How does the command line watch a job until it has ended?
#include "agent/main/follow.hpp"

#include "agent/repair/job_text.hpp"

#include <ostream>

namespace rdpmedic {
namespace {

using namespace std::chrono_literals;

// A list that is drawn over itself. Lines that are longer than the terminal would break that, hence its width.
class DrawnList {
  public:
    void show(const Job& job, std::ostream& out, std::size_t width) {
        const std::vector<std::string> lines = progress_of(job, std::max<std::size_t>(width, 20) - 1);
        if (lines == drawn_)
            return;
        std::string text;
        if (!drawn_.empty())
            text = "\x1b[" + std::to_string(drawn_.size()) + "A";
        for (const std::string& line : lines)
            text += "\r\x1b[2K" + line + "\n";
        out << text << std::flush;
        drawn_ = lines;
    }
    // Something else was written below the list.
    void forget() { drawn_.clear(); }

  private:
    std::vector<std::string> drawn_;
};

// A line for each step that has reached another state.
class Lines {
  public:
    void show(const Job& job, std::ostream& out) {
        shown_.resize(job.steps.size(), StepState::planned);
        for (std::size_t i = 0; i < job.steps.size(); ++i)
            if (std::exchange(shown_[i], job.steps[i].state) != job.steps[i].state)
                out << line_of(job.steps[i]) << std::endl;
    }

  private:
    std::vector<StepState> shown_;
};

class Watch {
  public:
    Watch(RepairDesk& desk, const Caller& caller, const Watcher& watcher)
        : desk_(desk), caller_(caller), watcher_(watcher) {}

    void show(const Job& job) {
        if (watcher_.out == nullptr)
            return;
        if (watcher_.width > 0)
            list_.show(job, *watcher_.out, watcher_.width);
        else
            lines_.show(job, *watcher_.out);
    }

    void cancel_if_interrupted(const Job& job) {
        if (!watcher_.interrupted() || cancelled_)
            return;
        cancelled_ = true;
        tell("cancelling; what was done is taken back");
        const auto asked = desk_.cancel(job.id, caller_);
        if (const Refusal* refusal = std::get_if<Refusal>(&asked))
            tell(refusal->text);
    }

    void hear_if_confirmed(const Job& job) {
        if (!watcher_.confirmed || !waits_for_caller(job))
            return;
        if (!std::exchange(asked_, true)) {
            (void)watcher_.confirmed(); // what was typed before does not count
            return tell("are you still connected? Press Enter to keep the change; without it, it is taken back");
        }
        if (watcher_.confirmed())
            desk_.heard_from(caller_);
    }

  private:
    void tell(const std::string& text) {
        list_.forget();
        *watcher_.err << "\nrdpmedic: " << text << std::endl;
    }

    RepairDesk& desk_;
    const Caller& caller_;
    const Watcher& watcher_;
    DrawnList list_;
    Lines lines_;
    bool cancelled_ = false, asked_ = false;
};

} // namespace

Job follow(RepairDesk& desk, Job job, const Caller& caller, const Watcher& watcher) {
    Watch watch(desk, caller, watcher);
    for (;;) {
        watch.show(job);
        if (job.finished || job.outcome != Outcome::running)
            return job;
        watch.cancel_if_interrupted(job);
        watch.hear_if_confirmed(job);
        std::optional<Job> next = desk.wait(job.id, 100ms);
        if (!next)
            return job; // forgotten: there is no more to see
        job = std::move(*next);
    }
}

int exit_code_of(const Job& job) {
    switch (job.outcome) {
    case Outcome::repaired:
    case Outcome::not_needed:
    case Outcome::pending_reboot:
        return 0;
    case Outcome::rolled_back:
        return job.undoes.empty() ? 1 : 0;
    case Outcome::improved: // what else is wrong is still to be found
    case Outcome::rollback_failed:
    case Outcome::running:
        return 1;
    case Outcome::refused:
        return 2;
    }
    return 1;
}

} // namespace rdpmedic
