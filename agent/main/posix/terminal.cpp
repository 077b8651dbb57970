// Is somebody sitting in front of it, on POSIX?
#include "agent/main/terminal.hpp"

#include <cstdlib>
#include <string_view>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace rdpmedic {

bool can_ask() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

bool enter_was_pressed() {
    bool pressed = false;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (::poll(&input, 1, 0) == 1 && (input.revents & POLLIN) != 0) { // a terminal gives whole lines
        char line[256];
        if (::read(STDIN_FILENO, line, sizeof line) <= 0)
            break; // the end of the input is not a yes
        pressed = true;
    }
    return pressed;
}

bool can_redraw() {
    const char* kind = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

std::size_t terminal_width() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

} // namespace rdpmedic
