// Who is logged on to this machine, and since when?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"
#include "probes/windows/wtsapi.hpp"

#include <cstring>

namespace rdpmedic::windows {
namespace {

// https://learn.microsoft.com/windows/win32/api/wtsapi32/ne-wtsapi32-wts_connectstate_class
SessionState state_of(int raw) noexcept {
    switch (raw) {
    case 0:
        return SessionState::active;
    case 1:
        return SessionState::connected;
    case 2:
        return SessionState::connect_query;
    case 3:
        return SessionState::shadow;
    case 4:
        return SessionState::disconnected;
    case 5:
        return SessionState::idle;
    case 6:
        return SessionState::listen;
    case 7:
        return SessionState::reset;
    case 8:
        return SessionState::down;
    case 9:
        return SessionState::init;
    }
    return SessionState::unknown;
}

// Zero means "never".
std::optional<Time> time_of(const LARGE_INTEGER& raw) noexcept {
    if (raw.QuadPart <= 0)
        return std::nullopt;
    constexpr std::int64_t seconds_1601_to_1970 = 11'644'473'600;
    return Time(std::chrono::seconds(raw.QuadPart / 10'000'000 - seconds_1601_to_1970));
}

std::string text_of(const wchar_t* text) { return text ? to_utf8(text) : std::string(); }

class Wtsapi {
  public:
    static Result<Wtsapi> load() {
        auto library = system_library(L"wtsapi32.dll");
        if (!library)
            return library.error();
        Wtsapi api;
        api.library_ = std::move(*library);
        api.enumerate = function_of<wtsapi::EnumerateSessionsEx>(api.library_, "WTSEnumerateSessionsExW");
        api.query = function_of<wtsapi::QuerySessionInformation>(api.library_, "WTSQuerySessionInformationW");
        api.free = function_of<wtsapi::FreeMemory>(api.library_, "WTSFreeMemory");
        api.free_ex = function_of<wtsapi::FreeMemoryEx>(api.library_, "WTSFreeMemoryExW");
        if (!api.enumerate || !api.query || !api.free || !api.free_ex)
            return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", "wtsapi32.dll, WTSEnumerateSessionsExW");
        return api;
    }

    // The answer to one question about one session, or the reason; as raw bytes, for each class has its own shape.
    Result<Bytes> ask(DWORD session, int what) const {
        wchar_t* buffer = nullptr;
        DWORD size = 0;
        if (!query(nullptr, session, what, &buffer, &size))
            return last_error("WTSQuerySessionInformationW",
                              "session " + std::to_string(session) + ", class " + std::to_string(what));
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(buffer);
        Bytes answer(bytes, bytes + (buffer ? size : 0));
        free(buffer);
        return answer;
    }

    wtsapi::EnumerateSessionsEx* enumerate = nullptr;
    wtsapi::QuerySessionInformation* query = nullptr;
    wtsapi::FreeMemory* free = nullptr;
    wtsapi::FreeMemoryEx* free_ex = nullptr;

  private:
    Library library_;
};

// Without class 25 (another user's session, asked without the right to) `now` stays empty: the times are not known.
void read_times(const Result<Bytes>& answer, Session& session) {
    wtsapi::InfoEx info{};
    if (!answer || answer->size() < sizeof info)
        return;
    std::memcpy(&info, answer->data(), sizeof info);
    if (info.level != 1)
        return;
    session.connected_at = time_of(info.data.connect_time);
    session.disconnected_at = time_of(info.data.disconnect_time);
    session.last_input = time_of(info.data.last_input_time);
    session.logged_on_at = time_of(info.data.logon_time);
    session.now = time_of(info.data.current_time);
}

// Where the client says it is, behind its own address translation. IPv4 alone, which begins at the third byte: of the
// other families the page does not say where they begin.
// https://learn.microsoft.com/windows/win32/api/wtsapi32/ns-wtsapi32-wts_client_address
std::string read_client_address(const Wtsapi& api, DWORD session) {
    const auto answer = api.ask(session, wtsapi::class_client_address);
    wtsapi::ClientAddress raw{};
    if (!answer || answer->size() < sizeof raw)
        return {};
    std::memcpy(&raw, answer->data(), sizeof raw);
    if (raw.family != AF_INET || (raw.address[2] | raw.address[3] | raw.address[4] | raw.address[5]) == 0)
        return {};
    std::string text = std::to_string(raw.address[2]);
    for (int at = 3; at < 6; ++at)
        text += "." + std::to_string(raw.address[at]);
    return text;
}

// Empty where a session has ended since it was listed.
std::optional<Session> read(const Wtsapi& api, const wtsapi::SessionInfo1& row) {
    Session session;
    session.id = row.id;
    session.state = state_of(row.state);
    session.station = text_of(row.session_name);
    session.user = text_of(row.user_name);
    session.domain = text_of(row.domain_name);
    if (const auto client = api.ask(session.id, wtsapi::class_client_name)) {
        std::wstring name(client->size() / sizeof(wchar_t), L'\0');
        if (!name.empty())
            std::memcpy(name.data(), client->data(), name.size() * sizeof(wchar_t));
        session.client = to_utf8(before_nul(name));
    }
    const auto times = api.ask(session.id, wtsapi::class_session_info_ex);
    const bool listener = session.id >= 65536 || session.state == SessionState::listen;
    if (is_absent(times) && !listener && session.id != 0)
        return std::nullopt;
    read_times(times, session);
    if (!listener && !session.user.empty())
        session.client_address = read_client_address(api, session.id);
    return session;
}

} // namespace

// https://learn.microsoft.com/windows/win32/api/wtsapi32/nf-wtsapi32-wtsenumeratesessionsexw
Result<std::vector<Session>> sessions() {
    const auto api = Wtsapi::load();
    if (!api)
        return api.error();
    DWORD level = 1, count = 0;
    wtsapi::SessionInfo1* rows = nullptr;
    // Wine refuses without a reason: what an earlier call left behind must not be taken for one.
    ::SetLastError(ERROR_SUCCESS);
    if (!api->enumerate(nullptr, &level, 0, &rows, &count)) {
        Error error = last_error("WTSEnumerateSessionsExW", "this machine");
        if (error.native == ERROR_SUCCESS)
            error = {Errc::unsupported, 0, error.where + ", which gave no reason"};
        return error;
    }
    std::vector<Session> sessions;
    for (DWORD row = 0; rows && row < count; ++row)
        if (auto session = read(*api, rows[row]))
            sessions.push_back(std::move(*session));
    if (rows)
        api->free_ex(wtsapi::type_session_info_level1, rows, count);
    // Every Windows has session 0, where the services are: none at all means that nobody looked.
    if (sessions.empty())
        return Error{Errc::unsupported, 0, "WTSEnumerateSessionsExW answered no session, not even session 0"};
    return sessions;
}

} // namespace rdpmedic::windows
