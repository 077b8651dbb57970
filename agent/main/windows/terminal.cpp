// Is somebody sitting in front of it, on Windows?
#include "agent/main/terminal.hpp"

#include <windows.h>

namespace rdpmedic {
namespace {

// A console answers this, a file or a pipe does not.
// https://learn.microsoft.com/windows/console/getconsolemode
bool is_console(DWORD which) {
    DWORD mode = 0;
    return ::GetConsoleMode(::GetStdHandle(which), &mode) != 0;
}

} // namespace

bool can_ask() { return is_console(STD_INPUT_HANDLE) && is_console(STD_ERROR_HANDLE); }

// https://learn.microsoft.com/windows/console/readconsoleinput
bool enter_was_pressed() {
    const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
    bool pressed = false;
    for (;;) {
        DWORD waiting = 0, taken = 0;
        if (::GetNumberOfConsoleInputEvents(input, &waiting) == 0 || waiting == 0)
            return pressed;
        INPUT_RECORD record{};
        if (::ReadConsoleInputW(input, &record, 1, &taken) == 0 || taken == 0)
            return pressed;
        pressed = pressed || (record.EventType == KEY_EVENT && record.Event.KeyEvent.bKeyDown != 0 &&
                              record.Event.KeyEvent.wVirtualKeyCode == VK_RETURN);
    }
}

// Consoles before Windows 10 refuse the mode.
// https://learn.microsoft.com/windows/console/console-virtual-terminal-sequences
bool can_redraw() {
    constexpr DWORD virtual_terminal = 0x0004; // ENABLE_VIRTUAL_TERMINAL_PROCESSING
    const HANDLE output = ::GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD mode = 0;
    return ::GetConsoleMode(output, &mode) != 0 && ::SetConsoleMode(output, mode | virtual_terminal) != 0;
}

// https://learn.microsoft.com/windows/console/getconsolescreenbufferinfo
std::size_t terminal_width() {
    CONSOLE_SCREEN_BUFFER_INFO info{};
    if (::GetConsoleScreenBufferInfo(::GetStdHandle(STD_OUTPUT_HANDLE), &info) == 0 || info.dwSize.X <= 0)
        return 80;
    return static_cast<std::size_t>(info.dwSize.X);
}

} // namespace rdpmedic
