// How is one user's session told, disconnected or logged off, and never another's?
#include "agent/windows/control.hpp"

#include "probes/formats/firewall_rule.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include <wtsapi32.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace rdpmedic::windows {

namespace {

using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr seconds patience{60};
constexpr std::chrono::milliseconds pause{250};
constexpr std::uint32_t first_listener = 65536;

struct WtsMemoryTraits {
    using Raw = wchar_t*;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::WTSFreeMemory(raw); }
};
using WtsMemory = Handle<WtsMemoryTraits>;

std::string label(std::uint32_t id) { return "session " + std::to_string(id); }

// https://learn.microsoft.com/windows/win32/api/wtsapi32/nf-wtsapi32-wtsquerysessioninformationw
Result<std::string> text_of(std::uint32_t id, WTS_INFO_CLASS what) {
    WtsMemory buffer;
    DWORD size = 0;
    if (!::WTSQuerySessionInformationW(WTS_CURRENT_SERVER_HANDLE, id, what, buffer.out(), &size))
        return last_error("WTSQuerySessionInformationW", label(id));
    const std::wstring_view text(buffer ? buffer.get() : L"", buffer ? size / sizeof(wchar_t) : 0);
    return to_utf8(before_nul(text));
}

// "DOMAIN\\user", empty where nobody is logged on. not_found: there is no such session.
Result<std::string> user_of(std::uint32_t id) {
    auto user = text_of(id, WTSUserName);
    if (!user || user->empty())
        return user;
    const auto domain = text_of(id, WTSDomainName);
    if (!domain)
        return domain.error();
    return domain->empty() ? *user : *domain + "\\" + *user;
}

// not_found: the session is gone. Session 0 is where the services are, and listeners are nobody's.
Result<> must_be_of(std::uint32_t id, const std::string& user) {
    if (id == 0 || id >= first_listener)
        return Error{Errc::unsupported, 0, label(id) + " is not a user's"};
    const auto present = user_of(id);
    if (!present)
        return present.error();
    if (!same_ignoring_case(*present, user))
        return Error{Errc::io, 0,
                     label(id) + " belongs to " + (present->empty() ? "nobody" : *present) + " by now, not to " +
                         (user.empty() ? "nobody" : user) + "; look at the plan again"};
    return {};
}

// The state of a session, empty where it is gone: by the list, because a session that is being logged off still answers
// some questions.
Result<std::optional<SessionState>> state_of(std::uint32_t id) {
    const auto all = sessions();
    if (!all)
        return all.error();
    for (const Session& session : *all)
        if (session.id == id)
            return std::optional(session.state);
    return std::optional<SessionState>();
}

// Looks until there(state) holds. timed_out: it does not, within a minute.
template <class There>
Result<> wait_until(std::uint32_t id, const std::string& what, There there) {
    const auto began = Clock::now();
    while (true) {
        const auto state = state_of(id);
        if (!state)
            return state.error();
        if (there(*state))
            return {};
        if (Clock::now() - began > patience)
            return Error{Errc::timed_out, 0,
                         label(id) + " is not " + what + " after a minute; a restart of the machine ends it"};
        std::this_thread::sleep_for(pause);
    }
}

Result<Change> not_undone(std::uint32_t id, const std::string& user, std::string why) {
    const auto right = must_be_of(id, user);
    if (!right && !is_absent(right))
        return right.error();
    return Change{CannotUndo{std::move(why)}};
}

std::string who(const std::string& user) { return user.empty() ? "nobody" : user; }

} // namespace

Result<Change> capture_change(const LogOffSession& change) {
    return not_undone(change.id, change.user,
                      "a session that was logged off does not come back: " + who(change.user) + " has to log on again");
}

Result<Change> capture_change(const DisconnectSession& change) {
    return not_undone(change.id, change.user,
                      "only " + who(change.user) + " can connect to the session again, which goes on meanwhile");
}

Result<Change> capture_change(const TellSession& change) {
    return not_undone(change.id, change.user, "a message that was shown stays shown");
}

// Without waiting in the call: it would wait for ever for a session that hangs.
// https://learn.microsoft.com/windows/win32/api/wtsapi32/nf-wtsapi32-wtslogoffsession
Result<> apply_change(const LogOffSession& change) {
    const auto right = must_be_of(change.id, change.user);
    if (is_absent(right))
        return {}; // already so
    if (!right)
        return right.error();
    const auto before = state_of(change.id);
    if (!before)
        return before.error();
    if (!change.even_active && *before == SessionState::active)
        return Error{Errc::io, 0, label(change.id) + " is in use again by " + who(change.user) + ", and is left alone"};
    if (!::WTSLogoffSession(WTS_CURRENT_SERVER_HANDLE, change.id, FALSE))
        return last_error("WTSLogoffSession", label(change.id));
    return wait_until(change.id, "gone", [](const std::optional<SessionState>& state) { return !state; });
}

// https://learn.microsoft.com/windows/win32/api/wtsapi32/nf-wtsapi32-wtsdisconnectsession
Result<> apply_change(const DisconnectSession& change) {
    const auto right = must_be_of(change.id, change.user);
    if (is_absent(right))
        return {};
    if (!right)
        return right.error();
    const auto cut = [](const std::optional<SessionState>& state) {
        return !state || *state == SessionState::disconnected;
    };
    const auto before = state_of(change.id);
    if (!before)
        return before.error();
    if (cut(*before))
        return {}; // already so
    if (!::WTSDisconnectSession(WTS_CURRENT_SERVER_HANDLE, change.id, FALSE))
        return last_error("WTSDisconnectSession", label(change.id));
    return wait_until(change.id, "disconnected", cut);
}

// The call does not wait; the time that the user is given passes here, and ends early where the session does.
// https://learn.microsoft.com/windows/win32/api/wtsapi32/nf-wtsapi32-wtssendmessagew
Result<> apply_change(const TellSession& change) {
    const auto right = must_be_of(change.id, change.user);
    if (is_absent(right))
        return {}; // nobody is left to be told
    if (!right)
        return right.error();
    std::wstring title = L"Remote Desktop", text = to_wide(change.text);
    const auto size_of = [](const std::wstring& one) { return static_cast<DWORD>(one.size() * sizeof(wchar_t)); };
    DWORD answer = 0;
    if (!::WTSSendMessageW(WTS_CURRENT_SERVER_HANDLE, change.id, title.data(), size_of(title), text.data(),
                           size_of(text), MB_OK | MB_ICONINFORMATION, change.seconds, &answer, FALSE))
        return last_error("WTSSendMessageW", label(change.id));
    for (const auto end = Clock::now() + seconds{change.seconds}; Clock::now() < end;) {
        std::this_thread::sleep_for(std::min<Clock::duration>(seconds{1}, end - Clock::now()));
        const auto state = state_of(change.id);
        if (state && !*state)
            break;
    }
    return {};
}

} // namespace rdpmedic::windows
