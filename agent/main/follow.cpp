// How does the command line watch a job until it has ended?
#include "agent/main/follow.hpp"

#include "agent/main/terminal.hpp"
#include "agent/repair/job_text.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <iostream>

namespace rdpmedic {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// Hears Ctrl-C while it lives.
class Interrupts {
  public:
    Interrupts() { listen(); }

    bool heard() {
        io_.restart();
        io_.poll();
        return std::exchange(heard_, false);
    }

  private:
    void listen() {
        signals_.async_wait([this](boost::system::error_code error, int) {
            if (error)
                return;
            heard_ = true;
            listen();
        });
    }

    asio::io_context io_{1};
    asio::signal_set signals_{io_, SIGINT, SIGTERM};
    bool heard_ = false;
};

// A list that is drawn over itself. Lines that are longer than the terminal would break that, hence its width.
class DrawnList {
  public:
    void show(const Job& job) {
        const std::vector<std::string> lines = progress_of(job, std::max<std::size_t>(terminal_width(), 20) - 1);
        if (lines == drawn_)
            return;
        std::string text;
        if (!drawn_.empty())
            text = "\x1b[" + std::to_string(drawn_.size()) + "A";
        for (const std::string& line : lines)
            text += "\r\x1b[2K" + line + "\n";
        std::cout << text << std::flush;
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
    void show(const Job& job) {
        shown_.resize(job.steps.size(), StepState::planned);
        for (std::size_t i = 0; i < job.steps.size(); ++i)
            if (std::exchange(shown_[i], job.steps[i].state) != job.steps[i].state)
                std::cout << line_of(job.steps[i]) << std::endl;
    }

  private:
    std::vector<StepState> shown_;
};

} // namespace

Job follow(RepairDesk& desk, Job job, const Caller& caller, bool quiet) {
    Interrupts interrupts;
    DrawnList list;
    Lines lines;
    const bool draws = !quiet && can_redraw();
    bool cancelled = false;
    for (;;) {
        if (draws)
            list.show(job);
        else if (!quiet)
            lines.show(job);
        if (job.finished || job.outcome != Outcome::running)
            return job;
        if (interrupts.heard() && !cancelled) {
            cancelled = true;
            list.forget();
            std::cerr << "\nrdpmedic: cancelling; what was done is taken back" << std::endl;
            const auto asked = desk.cancel(job.id, caller);
            if (const Refusal* refusal = std::get_if<Refusal>(&asked))
                std::cerr << "rdpmedic: " << refusal->text << std::endl;
        }
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
    case Outcome::rollback_failed:
    case Outcome::running:
        return 1;
    case Outcome::refused:
        return 2;
    }
    return 1;
}

} // namespace rdpmedic
