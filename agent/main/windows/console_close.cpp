// What becomes of this process when somebody closes the window that it runs in?
#include "agent/main/console_close.hpp"

#include <csignal>

#include <windows.h>

namespace rdpmedic {
namespace {

// The C runtime makes SIGBREAK of it as well, but its handler returns at once, and then Windows ends the process.
// Handlers run on a thread of their own, so that this one may wait while the others take back what was done.
// https://learn.microsoft.com/windows/console/ctrl-close-signal
// https://learn.microsoft.com/windows/console/handlerroutine
BOOL WINAPI wait_for_the_end(DWORD event) {
    if (event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT)
        return FALSE; // the C runtime's
    std::raise(SIGBREAK);
    ::Sleep(INFINITE);
    return TRUE;
}

} // namespace

// Without it the process ends as it did before: nothing to do about that.
void hear_close() { ::SetConsoleCtrlHandler(wait_for_the_end, TRUE); }

} // namespace rdpmedic
