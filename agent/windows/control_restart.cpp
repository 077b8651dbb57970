// How does the machine restart in a while, and how is that called off?
#include "agent/windows/control.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/scoped_privilege.hpp"
#include "probes/windows/text.hpp"

#include <reason.h>

namespace rdpmedic::windows {

namespace {

// Planned, so that Windows does not write a state of the system first.
// https://learn.microsoft.com/windows/win32/shutdown/system-shutdown-reason-codes
constexpr DWORD reason = SHTDN_REASON_MAJOR_APPLICATION | SHTDN_REASON_MINOR_MAINTENANCE | SHTDN_REASON_FLAG_PLANNED;

// Windows does not tell whether a restart is scheduled, and for whom. So a restart of ours leaves a mark that goes with
// the boot, numbered, and only the restart with the number that was expected is called off. The key is the one of
// boot_mark.cpp.
constexpr wchar_t mark_key[] = L"SOFTWARE\\rdpmedic\\Boot";
constexpr wchar_t mark_name[] = L"ScheduledRestart";
constexpr char mark_label[] = "HKLM\\SOFTWARE\\rdpmedic\\Boot: ScheduledRestart";

// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-regcreatekeyexw
Result<RegistryKey> open_marks() {
    RegistryKey key;
    const LSTATUS status =
        ::RegCreateKeyExW(HKEY_LOCAL_MACHINE, mark_key, 0, nullptr, REG_OPTION_VOLATILE,
                          KEY_QUERY_VALUE | KEY_SET_VALUE | KEY_WOW64_64KEY, nullptr, key.out(), nullptr);
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegCreateKeyExW", mark_label);
    return key;
}

// The number of the restart that is scheduled; 0: none of ours.
Result<DWORD> mark_of(const RegistryKey& marks) {
    DWORD mark = 0, size = sizeof mark, type = 0;
    const LSTATUS status =
        ::RegQueryValueExW(marks.get(), mark_name, nullptr, &type, reinterpret_cast<BYTE*>(&mark), &size);
    if (status == ERROR_FILE_NOT_FOUND)
        return DWORD{0};
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegQueryValueExW", mark_label);
    if (type != REG_DWORD || size != sizeof mark)
        return Error{Errc::malformed, 0, std::string(mark_label) + " is no number"};
    return mark;
}

Result<> set_mark(const RegistryKey& marks, DWORD mark) {
    const LSTATUS status =
        ::RegSetValueExW(marks.get(), mark_name, 0, REG_DWORD, reinterpret_cast<const BYTE*>(&mark), sizeof mark);
    if (status != ERROR_SUCCESS)
        return error_of_status(status, "RegSetValueExW", mark_label);
    return {};
}

Result<> drop_mark(const RegistryKey& marks) {
    const LSTATUS status = ::RegDeleteValueW(marks.get(), mark_name);
    if (status != ERROR_SUCCESS && status != ERROR_FILE_NOT_FOUND)
        return error_of_status(status, "RegDeleteValueW", mark_label);
    return {};
}

Result<> initiate(const ScheduleRestart& change) {
    std::wstring text = to_wide(change.text);
    const ScopedPrivilege shutdown(SE_SHUTDOWN_NAME);
    if (!::InitiateSystemShutdownExW(nullptr, text.data(), change.seconds, TRUE, TRUE, reason))
        return last_error("InitiateSystemShutdownExW", std::to_string(change.seconds) + " s");
    return {};
}

Result<> call_off() {
    const ScopedPrivilege shutdown(SE_SHUTDOWN_NAME);
    if (::AbortSystemShutdownW(nullptr))
        return {};
    const Error error = last_error("AbortSystemShutdownW", "this machine");
    if (error.native == ERROR_NO_SHUTDOWN_IN_PROGRESS)
        return {}; // already so
    return error;
}

} // namespace

// A restart without delay could not be called off.
Result<Change> capture_change(const ScheduleRestart& change) {
    if (change.seconds == 0)
        return Error{Errc::unsupported, 0, "a restart without delay cannot be called off; give it some seconds"};
    const auto marks = open_marks();
    if (!marks)
        return marks.error();
    const auto mark = mark_of(*marks);
    if (!mark)
        return mark.error();
    return Change{CancelRestart{*mark + 1}};
}

Result<Change> capture_change(const CancelRestart&) {
    return Change{CannotUndo{"for when the restart was scheduled is not known any more"}};
}

// Programs are closed by force: one that asks whether to save would hold the restart up for ever on a machine where
// nobody sits. One that somebody else has scheduled is an error, because it is not ours to call off. The mark is set
// first: a process that dies in between leaves a mark too many, never a restart that nobody may call off.
// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-initiatesystemshutdownexw
Result<> apply_change(const ScheduleRestart& change) {
    const auto marks = open_marks();
    if (!marks)
        return marks.error();
    const auto before = mark_of(*marks);
    if (!before)
        return before.error();
    if (auto set = set_mark(*marks, *before + 1); !set)
        return set;
    auto initiated = initiate(change);
    if (initiated)
        return initiated;
    if (auto back = *before == 0 ? drop_mark(*marks) : set_mark(*marks, *before); !back)
        return back;
    return initiated;
}

// https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-abortsystemshutdownw
Result<> apply_change(const CancelRestart& change) {
    const auto marks = open_marks();
    if (!marks)
        return marks.error();
    const auto mark = mark_of(*marks);
    if (!mark)
        return mark.error();
    if (*mark == 0 || *mark != change.mark)
        return {}; // no restart of ours, or another one
    if (auto aborted = call_off(); !aborted)
        return aborted;
    return drop_mark(*marks);
}

} // namespace rdpmedic::windows
