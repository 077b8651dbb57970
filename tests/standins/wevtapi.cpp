// Test fixture, not part of the product: a wevtapi.dll that answers from a file, since Wine keeps no event logs.
//
// The file is named by the environment variable RDPMEDIC_STANDIN_EVENTS and read anew at each query; README.md shows
// one. Without it every call fails without a reason, as Wine's own do. It filters by channel alone and knows no XPath:
// times, providers and ids of a query are not looked at.
#include <winsock2.h>

#include <windows.h>
#include <winevt.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

// What a handle stands for: the results of a query, one event, or a bookmark.
struct Object {
    std::vector<std::string> events; // of a query, in the order of its direction
    std::size_t next = 0;
    std::string xml; // of an event or a bookmark
};

BOOL refuse(DWORD code) {
    ::SetLastError(code);
    return FALSE;
}

Object* object_of(EVT_HANDLE handle) { return static_cast<Object*>(handle); }

std::string narrow(const wchar_t* wide) {
    std::string text;
    for (; wide && *wide; ++wide)
        text += static_cast<char>(*wide); // channels and bookmarks are ASCII
    return text;
}

std::wstring wide(const std::string& utf8) {
    std::wstring text(utf8.size(), L'\0');
    const int size = static_cast<int>(utf8.size());
    text.resize(static_cast<std::size_t>(::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, text.data(), size)));
    return text;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
    const auto from = text.find(begin);
    if (from == std::string::npos)
        return {};
    const auto to = text.find(end, from + begin.size());
    return text.substr(from + begin.size(), to == std::string::npos ? to : to - from - begin.size());
}

// Nothing without the variable.
std::optional<std::string> logs() {
    wchar_t path[MAX_PATH] = {};
    if (::GetEnvironmentVariableW(L"RDPMEDIC_STANDIN_EVENTS", path, MAX_PATH) == 0)
        return std::nullopt;
    FILE* const file = ::_wfopen(path, L"rb");
    if (!file)
        return std::nullopt;
    std::string text;
    char buffer[4096];
    for (std::size_t size = 0; (size = std::fread(buffer, 1, sizeof buffer, file)) > 0;)
        text.append(buffer, size);
    std::fclose(file);
    return text;
}

std::vector<std::string> events_of(const std::string& text, const std::string& channel) {
    std::vector<std::string> events;
    const std::string end = "</Event>";
    for (std::size_t at = 0; (at = text.find("<Event xmlns", at)) != std::string::npos;) {
        const auto stop = text.find(end, at);
        const std::string event = text.substr(at, stop == std::string::npos ? stop : stop + end.size() - at);
        at += event.size();
        if (between(event, "<Channel>", "</Channel>") == channel)
            events.push_back(event);
    }
    return events;
}

std::string bookmark_of(const std::string& event) {
    return "<BookmarkList>\r\n  <Bookmark Channel='" + between(event, "<Channel>", "</Channel>") + "' RecordId='" +
           between(event, "<EventRecordID>", "</EventRecordID>") + "' IsCurrent='true'/>\r\n</BookmarkList>";
}

} // namespace

extern "C" {

EVT_HANDLE WINAPI EvtQuery(EVT_HANDLE, LPCWSTR path, LPCWSTR query, DWORD flags) {
    const auto text = logs();
    if (!text || !(flags & EvtQueryChannelPath) || !query)
        return nullptr;
    const std::string channel = path ? narrow(path) : between(narrow(query), "<Select Path=\"", "\"");
    const std::string refusal = between(*text, "<!-- refuse " + channel + " ", " ");
    if (!refusal.empty()) {
        ::SetLastError(std::stoul(refusal));
        return nullptr;
    }
    auto results = std::make_unique<Object>();
    results->events = events_of(*text, channel);
    if (results->events.empty() && text->find("<!-- channel " + channel + " ") == std::string::npos) {
        ::SetLastError(ERROR_EVT_CHANNEL_NOT_FOUND);
        return nullptr;
    }
    if (flags & EvtQueryReverseDirection)
        std::reverse(results->events.begin(), results->events.end());
    return results.release();
}

BOOL WINAPI EvtNext(EVT_HANDLE handle, DWORD size, EVT_HANDLE* events, DWORD, DWORD, PDWORD count) {
    Object* const results = object_of(handle);
    *count = 0;
    if (results->next < results->events.size()) {
        const std::string& first = results->events[results->next];
        if (first.find("<Unreadable/>") != std::string::npos)
            return refuse(ERROR_INVALID_DATA);
        if (first.find("<Silent/>") != std::string::npos)
            return refuse(ERROR_TIMEOUT);
    }
    while (*count < size && results->next < results->events.size()) {
        auto event = std::make_unique<Object>();
        event->xml = results->events[results->next++];
        events[(*count)++] = event.release();
    }
    return *count > 0 ? TRUE : refuse(ERROR_NO_MORE_ITEMS);
}

BOOL WINAPI EvtSeek(EVT_HANDLE handle, LONGLONG position, EVT_HANDLE bookmark, DWORD, DWORD flags) {
    Object* const results = object_of(handle);
    if (flags == EvtSeekRelativeToCurrent && position == 1 && !bookmark) {
        if (results->next >= results->events.size())
            return refuse(ERROR_EVT_QUERY_RESULT_INVALID_POSITION);
        ++results->next;
        return TRUE;
    }
    if (flags != (EvtSeekRelativeToBookmark | EvtSeekStrict) || position != 0)
        return refuse(ERROR_NOT_SUPPORTED); // the product seeks in no other way
    for (std::size_t event = 0; event < results->events.size(); ++event)
        if (bookmark_of(results->events[event]) == object_of(bookmark)->xml) {
            results->next = event;
            return TRUE;
        }
    return refuse(ERROR_NOT_FOUND);
}

EVT_HANDLE WINAPI EvtCreateBookmark(LPCWSTR xml) {
    if (xml && narrow(xml).find("<BookmarkList>") != 0) {
        ::SetLastError(ERROR_EVT_INVALID_QUERY);
        return nullptr;
    }
    auto bookmark = std::make_unique<Object>();
    bookmark->xml = narrow(xml);
    return bookmark.release();
}

BOOL WINAPI EvtUpdateBookmark(EVT_HANDLE bookmark, EVT_HANDLE event) {
    object_of(bookmark)->xml = bookmark_of(object_of(event)->xml);
    return TRUE;
}

BOOL WINAPI EvtRender(EVT_HANDLE, EVT_HANDLE what, DWORD, DWORD size, PVOID buffer, PDWORD used, PDWORD properties) {
    const std::wstring text = wide(object_of(what)->xml);
    *properties = 0;
    if (text.find(L"<Damaged/>") != std::wstring::npos)
        return refuse(ERROR_INVALID_DATA);
    *used = static_cast<DWORD>((text.size() + 1) * sizeof(wchar_t));
    if (*used > size)
        return refuse(ERROR_INSUFFICIENT_BUFFER);
    std::memcpy(buffer, text.c_str(), *used);
    return TRUE;
}

BOOL WINAPI EvtClose(EVT_HANDLE handle) {
    delete object_of(handle);
    return TRUE;
}

} // extern "C"
