// Who sits at the terminal of this process, and what do they press?
#include "agent/main/follow.hpp"

#include "agent/main/terminal.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <iostream>

#ifdef _WIN32
#include "agent/main/console_close.hpp"
#endif

namespace rdpmedic {
namespace {

namespace asio = boost::asio;

// Hears Ctrl-C while it lives, and on Windows Ctrl-Break and that the window is closed.
// https://learn.microsoft.com/cpp/c-runtime-library/reference/signal
class Interrupts {
  public:
    Interrupts() {
#ifdef _WIN32
        signals_.add(SIGBREAK);
        hear_close();
#endif
        listen();
    }

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

} // namespace

Job follow(RepairDesk& desk, Job job, const Caller& caller, bool quiet) {
    Interrupts interrupts;
    Watcher watcher;
    watcher.err = &std::cerr;
    watcher.interrupted = [&] { return interrupts.heard(); };
    if (!quiet) {
        watcher.out = &std::cout;
        watcher.width = can_redraw() ? terminal_width() : 0;
        if (can_ask())
            watcher.confirmed = enter_was_pressed;
    }
    return follow(desk, std::move(job), caller, watcher);
}

} // namespace rdpmedic
