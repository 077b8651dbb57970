// Test fixture, not part of the product: a wtsapi32.dll that answers from a file, since Wine knows no sessions.
//
// The file is named by the environment variable RDPMEDIC_STANDIN_SESSIONS and read anew at each question; README.md
// shows one. Logging off, disconnecting and sending a message change it. Without it every call fails with
// ERROR_CALL_NOT_IMPLEMENTED, as Wine's own does.
#include "probes/windows/wtsapi.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace wtsapi = rdpmedic::windows::wtsapi;
using Json = nlohmann::json;

std::wstring wide(const std::string& utf8) {
    std::wstring text(utf8.size(), L'\0');
    const int size = static_cast<int>(utf8.size());
    text.resize(static_cast<std::size_t>(::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, text.data(), size)));
    return text;
}

// The sessions of the file, or nothing with the last error set.
std::optional<Json> read_sessions() {
    wchar_t path[MAX_PATH] = {};
    if (::GetEnvironmentVariableW(L"RDPMEDIC_STANDIN_SESSIONS", path, MAX_PATH) == 0) {
        ::SetLastError(ERROR_CALL_NOT_IMPLEMENTED);
        return std::nullopt;
    }
    FILE* const file = ::_wfopen(path, L"rb");
    if (!file) {
        ::SetLastError(ERROR_FILE_NOT_FOUND);
        return std::nullopt;
    }
    Json sessions = Json::parse(file, nullptr, false, true);
    std::fclose(file);
    if (sessions.is_array())
        return sessions;
    ::SetLastError(ERROR_INVALID_DATA);
    return std::nullopt;
}

bool write_sessions(const Json& sessions) {
    wchar_t path[MAX_PATH] = {};
    ::GetEnvironmentVariableW(L"RDPMEDIC_STANDIN_SESSIONS", path, MAX_PATH);
    FILE* const file = ::_wfopen(path, L"wb");
    if (!file)
        return false;
    const std::string text = sessions.dump(1);
    const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    return std::fclose(file) == 0 && written;
}

std::string utf8(const wchar_t* text, std::size_t length) {
    std::string result(length * 3, '\0');
    const int size = ::WideCharToMultiByte(CP_UTF8, 0, text, static_cast<int>(length), result.data(),
                                           static_cast<int>(result.size()), nullptr, nullptr);
    result.resize(static_cast<std::size_t>(size));
    return result;
}

std::wstring text_of(const Json& session, const char* name) { return wide(session.value(name, std::string())); }

wchar_t* copy_of(const std::wstring& text) {
    const std::size_t size = (text.size() + 1) * sizeof(wchar_t);
    auto* const copy = static_cast<wchar_t*>(::LocalAlloc(LPTR, size));
    if (copy)
        std::memcpy(copy, text.c_str(), size);
    return copy;
}

// Seconds since 1970 as 100 ns since 1601; what is not in the file never happened.
LARGE_INTEGER time_of(const Json& session, const char* name) {
    LARGE_INTEGER time{};
    if (session.contains(name))
        time.QuadPart = (session[name].get<std::int64_t>() + 11'644'473'600) * 10'000'000;
    return time;
}

template <std::size_t Size>
void fill(wchar_t (&field)[Size], const std::wstring& text) {
    text.copy(field, Size - 1); // longer names are cut, as the real ones are
}

wtsapi::InfoEx info_of(const Json& session) {
    wtsapi::InfoEx info{};
    info.level = 1;
    info.data.id = session.value("id", 0U);
    info.data.state = session.value("state", 9);
    fill(info.data.station, text_of(session, "station"));
    fill(info.data.user, text_of(session, "user"));
    fill(info.data.domain, text_of(session, "domain"));
    info.data.logon_time = time_of(session, "logged_on");
    info.data.connect_time = time_of(session, "connected");
    info.data.disconnect_time = time_of(session, "disconnected");
    info.data.last_input_time = time_of(session, "last_input");
    info.data.current_time = time_of(session, "now");
    return info;
}

BOOL refuse(DWORD code) {
    ::SetLastError(code);
    return FALSE;
}

BOOL answer(const void* data, std::size_t size, wchar_t** buffer, DWORD* answered) {
    *buffer = static_cast<wchar_t*>(::LocalAlloc(LPTR, size));
    if (!*buffer)
        return refuse(ERROR_OUTOFMEMORY);
    std::memcpy(*buffer, data, size);
    *answered = static_cast<DWORD>(size);
    return TRUE;
}

BOOL answer(const std::wstring& text, wchar_t** buffer, DWORD* answered) {
    return answer(text.c_str(), (text.size() + 1) * sizeof(wchar_t), buffer, answered);
}

// Calls change(sessions, place) for the session of that id and writes what it leaves. "refuses" refuses these calls
// too; "hangs": true takes them and does nothing.
template <class Change>
BOOL change_session(DWORD id, Change change) {
    auto sessions = read_sessions();
    if (!sessions)
        return FALSE;
    for (auto session = sessions->begin(); session != sessions->end(); ++session) {
        if (session->value("id", 0U) != id)
            continue;
        if (session->contains("refuses"))
            return refuse((*session)["refuses"].get<DWORD>());
        if (session->value("hangs", false))
            return TRUE;
        change(*sessions, session);
        return write_sessions(*sessions) ? TRUE : refuse(ERROR_WRITE_FAULT);
    }
    return refuse(ERROR_CTX_WINSTATION_NOT_FOUND);
}

} // namespace

extern "C" {

BOOL WINAPI WTSLogoffSession(HANDLE, DWORD id, BOOL) {
    return change_session(id, [](Json& sessions, Json::iterator session) { sessions.erase(session); });
}

BOOL WINAPI WTSDisconnectSession(HANDLE, DWORD id, BOOL) {
    return change_session(id, [](Json&, Json::iterator session) {
        (*session)["state"] = 4;
        (*session)["disconnected"] = session->value("now", std::int64_t{0});
    });
}

BOOL WINAPI WTSSendMessageW(HANDLE, DWORD id, wchar_t* title, DWORD title_size, wchar_t* text, DWORD text_size, DWORD,
                            DWORD seconds, DWORD* response, BOOL) {
    if (!title || !text || !response)
        return refuse(ERROR_INVALID_PARAMETER);
    return change_session(id, [&](Json&, Json::iterator session) {
        (*session)["messages"].push_back({{"title", utf8(title, title_size / sizeof(wchar_t))},
                                          {"text", utf8(text, text_size / sizeof(wchar_t))},
                                          {"seconds", seconds}});
    });
}

BOOL WINAPI WTSEnumerateSessionsExW(HANDLE, DWORD* level, DWORD, wtsapi::SessionInfo1** rows, DWORD* count) {
    if (!level || *level != 1 || !rows || !count)
        return refuse(ERROR_INVALID_PARAMETER);
    const auto sessions = read_sessions();
    if (!sessions)
        return FALSE;
    *count = static_cast<DWORD>(sessions->size());
    *rows = static_cast<wtsapi::SessionInfo1*>(::LocalAlloc(LPTR, (sessions->size() + 1) * sizeof **rows));
    if (!*rows)
        return refuse(ERROR_OUTOFMEMORY);
    wtsapi::SessionInfo1* row = *rows;
    for (const Json& session : *sessions) {
        row->state = session.value("state", 9);
        row->id = session.value("id", 0U);
        row->session_name = copy_of(text_of(session, "station"));
        row->user_name = copy_of(text_of(session, "user"));
        row->domain_name = copy_of(text_of(session, "domain"));
        ++row;
    }
    return TRUE;
}

BOOL WINAPI WTSQuerySessionInformationW(HANDLE, DWORD id, int what, wchar_t** buffer, DWORD* size) {
    const auto sessions = read_sessions();
    if (!sessions)
        return FALSE;
    for (const Json& session : *sessions) {
        if (session.value("id", 0U) != id)
            continue;
        if (session.contains("refuses"))
            return refuse(session["refuses"].get<DWORD>());
        const wtsapi::InfoEx info = info_of(session);
        switch (what) {
        case wtsapi::class_user_name:
            return answer(text_of(session, "user"), buffer, size);
        case wtsapi::class_domain_name:
            return answer(text_of(session, "domain"), buffer, size);
        case wtsapi::class_client_name:
            return answer(text_of(session, "client"), buffer, size);
        case wtsapi::class_client_address: {
            const auto bytes = session.value("client_address", std::vector<BYTE>{});
            wtsapi::ClientAddress address{bytes.empty() ? DWORD{0} : session.value("client_family", DWORD{2}), {}};
            std::copy_n(bytes.begin(), std::min<std::size_t>(bytes.size(), 18), address.address + 2);
            return answer(&address, sizeof address, buffer, size);
        }
        case wtsapi::class_session_info_ex:
            return answer(&info, sizeof info, buffer, size);
        default:
            return refuse(ERROR_NOT_SUPPORTED);
        }
    }
    return refuse(ERROR_CTX_WINSTATION_NOT_FOUND);
}

void WINAPI WTSFreeMemory(void* memory) { ::LocalFree(memory); }

BOOL WINAPI WTSFreeMemoryExW(int type, void* memory, ULONG count) {
    if (type != wtsapi::type_session_info_level1 || !memory)
        return refuse(ERROR_INVALID_PARAMETER);
    auto* const rows = static_cast<wtsapi::SessionInfo1*>(memory);
    for (ULONG row = 0; row < count; ++row)
        for (wchar_t* text : {rows[row].session_name, rows[row].user_name, rows[row].domain_name})
            ::LocalFree(text);
    ::LocalFree(memory);
    return TRUE;
}

// Programs that import these must load; nobody is notified of anything.
BOOL WINAPI WTSRegisterSessionNotification(HWND, DWORD) { return refuse(ERROR_CALL_NOT_IMPLEMENTED); }
BOOL WINAPI WTSRegisterSessionNotificationEx(HANDLE, HWND, DWORD) { return refuse(ERROR_CALL_NOT_IMPLEMENTED); }
BOOL WINAPI WTSUnRegisterSessionNotification(HWND) { return refuse(ERROR_CALL_NOT_IMPLEMENTED); }
BOOL WINAPI WTSUnRegisterSessionNotificationEx(HANDLE, HWND) { return refuse(ERROR_CALL_NOT_IMPLEMENTED); }

} // extern "C"
