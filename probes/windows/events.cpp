// Which records do the event logs hold?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"

#include <winevt.h>

#include <algorithm>
#include <memory>

namespace rdpmedic::windows {
namespace {

class Wevtapi {
  public:
    using Owned = std::unique_ptr<void, decltype(&::EvtClose)>;

    static Result<Wevtapi> load() {
        auto library = system_library(L"wevtapi.dll");
        if (!library)
            return library.error();
        Wevtapi api;
        api.library_ = std::move(*library);
        api.query = function_of<decltype(::EvtQuery)>(api.library_, "EvtQuery");
        api.next = function_of<decltype(::EvtNext)>(api.library_, "EvtNext");
        api.render = function_of<decltype(::EvtRender)>(api.library_, "EvtRender");
        api.seek = function_of<decltype(::EvtSeek)>(api.library_, "EvtSeek");
        api.create_bookmark = function_of<decltype(::EvtCreateBookmark)>(api.library_, "EvtCreateBookmark");
        api.update_bookmark = function_of<decltype(::EvtUpdateBookmark)>(api.library_, "EvtUpdateBookmark");
        api.close = function_of<decltype(::EvtClose)>(api.library_, "EvtClose");
        if (!api.query || !api.next || !api.render || !api.seek || !api.create_bookmark || !api.update_bookmark ||
            !api.close)
            return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", "wevtapi.dll, EvtQuery");
        return api;
    }

    Owned own(EVT_HANDLE handle) const { return {handle, close}; }

    decltype(::EvtQuery)* query = nullptr;
    decltype(::EvtNext)* next = nullptr;
    decltype(::EvtRender)* render = nullptr;
    decltype(::EvtSeek)* seek = nullptr;
    decltype(::EvtCreateBookmark)* create_bookmark = nullptr;
    decltype(::EvtUpdateBookmark)* update_bookmark = nullptr;
    decltype(::EvtClose)* close = nullptr;

  private:
    Library library_;
};

using Owned = Wevtapi::Owned;

// Wine's stubs fail without a reason: what an earlier call left behind must not be taken for one.
Error reason_of(std::string_view call, const std::string& object) {
    Error error = last_error(call, object);
    if (error.native == ERROR_SUCCESS)
        error = {Errc::unsupported, 0, error.where + ", which gave no reason"};
    return error;
}

// The bookmark's record is no more, or the log was emptied while it was read.
// https://learn.microsoft.com/windows/win32/wes/windows-event-log-error-constants
bool is_gone(const Error& error) {
    return error.native == ERROR_NOT_FOUND || error.native == ERROR_EVT_QUERY_RESULT_STALE ||
           error.native == ERROR_EVT_QUERY_RESULT_INVALID_POSITION;
}

class Reader {
  public:
    Reader(const Wevtapi& api, const EventQuery& query)
        : api_(api), query_(query), about_(query.channel.empty() ? query.name : query.channel) {}

    // The newest records, oldest first.
    Result<EventPage> newest() {
        if (Result<> opened = open(EvtQueryReverseDirection); !opened)
            return opened.error();
        Result<EventPage> page = read();
        if (page)
            std::reverse(page->records.begin(), page->records.end());
        return page;
    }

    // What came behind the bookmark. not_found or one of the two codes of Windows: its record is gone.
    Result<EventPage> behind_bookmark() {
        if (Result<> opened = open(EvtQueryForwardDirection); !opened)
            return opened.error();
        ::SetLastError(ERROR_SUCCESS);
        const Owned bookmark = api_.own(api_.create_bookmark(to_wide(query_.bookmark).c_str()));
        if (!bookmark) // written by another version, or damaged
            return Error{Errc::not_found, ERROR_NOT_FOUND, "EvtCreateBookmark(" + about_ + ")"};
        // Strict, and to the record itself: one that is gone must not pass for the next one, and the last one has none
        // behind it.
        ::SetLastError(ERROR_SUCCESS);
        if (!api_.seek(results_.get(), 0, bookmark.get(), 0, EvtSeekRelativeToBookmark | EvtSeekStrict))
            return reason_of("EvtSeek", about_);
        if (const Result<Owned> itself = next_event(); !itself)
            return itself.error();
        return read();
    }

  private:
    // https://learn.microsoft.com/windows/win32/api/winevt/nf-winevt-evtquery
    Result<> open(DWORD direction) {
        const std::wstring channel = to_wide(query_.channel), text = to_wide(query_.query);
        ::SetLastError(ERROR_SUCCESS);
        results_ = api_.own(api_.query(nullptr, channel.empty() ? nullptr : channel.c_str(), text.c_str(),
                                       EvtQueryChannelPath | direction));
        if (!results_)
            return reason_of("EvtQuery", about_);
        return {};
    }

    // Null behind the last one.
    Result<Owned> next_event() {
        constexpr DWORD patience = 10'000; // milliseconds, for a log that does not answer
        EVT_HANDLE event = nullptr;
        DWORD count = 0;
        ::SetLastError(ERROR_SUCCESS);
        if (api_.next(results_.get(), 1, &event, patience, 0, &count))
            return api_.own(event);
        if (::GetLastError() == ERROR_NO_MORE_ITEMS)
            return api_.own(nullptr);
        return reason_of("EvtNext", about_);
    }

    // Whether reading goes on behind a record that EvtNext does not give, as one that is damaged. Not where the log
    // does not answer, and not through a log of nothing else. DERIVED: a failed EvtNext leaves the position where it
    // was. https://learn.microsoft.com/windows/win32/api/winevt/nf-winevt-evtseek
    bool skip(const Error& error) {
        constexpr int most = 16;
        return error.code != Errc::timed_out && ++skipped_ <= most &&
               api_.seek(results_.get(), 1, nullptr, 0, EvtSeekRelativeToCurrent);
    }

    // Nothing where reading goes on, or ends (`more`) with what there is: the next look begins behind that. An error
    // where the whole page is lost.
    std::optional<Error> pass_over(const Error& error, EventPage& page, bool has_records) {
        if (is_gone(error))
            return error;
        if (!page.damaged)
            page.damaged = error;
        if (skip(error))
            return std::nullopt;
        page.more = true;
        return has_records ? std::nullopt : std::optional(error);
    }

    Result<EventPage> read() {
        const bool reverse = query_.bookmark.empty();
        EventPage page;
        page.bookmark = query_.bookmark;
        std::uint32_t taken = 0;
        Owned last = api_.own(nullptr); // in the order of the log
        for (;;) {
            Result<Owned> event = next_event();
            if (!event) {
                if (const auto lost = pass_over(event.error(), page, last != nullptr))
                    return *lost;
                if (page.more)
                    break;
                continue;
            }
            page.more = *event && taken++ >= query_.limit;
            if (!*event || page.more)
                break;
            // One that is damaged stays so: an error of the page would come back with every look.
            Result<std::string> xml = rendered(event->get(), EvtRenderEventXml);
            if (!xml && !page.damaged)
                page.damaged = xml.error();
            if (xml)
                page.records.push_back(std::move(*xml));
            if (!reverse || !last)
                last = std::move(*event);
        }
        if (!last)
            return page;
        Result<std::string> bookmark = bookmark_of(last.get());
        if (!bookmark)
            return bookmark.error();
        page.bookmark = std::move(*bookmark);
        return page;
    }

    Result<std::string> bookmark_of(EVT_HANDLE event) {
        ::SetLastError(ERROR_SUCCESS);
        const Owned bookmark = api_.own(api_.create_bookmark(nullptr));
        if (!bookmark)
            return reason_of("EvtCreateBookmark", about_);
        if (!api_.update_bookmark(bookmark.get(), event))
            return reason_of("EvtUpdateBookmark", about_);
        return rendered(bookmark.get(), EvtRenderBookmark);
    }

    // https://learn.microsoft.com/windows/win32/api/winevt/nf-winevt-evtrender
    Result<std::string> rendered(EVT_HANDLE what, DWORD how) {
        constexpr std::size_t usual = 4096;
        const Result<Bytes> bytes = ask_growing("EvtRender", about_, usual, [&](void* buffer, unsigned long& size) {
            DWORD used = 0, properties = 0;
            const BOOL done = api_.render(nullptr, what, how, size, buffer, &used, &properties);
            const DWORD code = done ? ERROR_SUCCESS : ::GetLastError();
            size = used;
            return code;
        });
        if (!bytes)
            return bytes.error();
        const auto* text = reinterpret_cast<const wchar_t*>(bytes->data());
        return to_utf8(before_nul({text, bytes->size() / sizeof(wchar_t)}));
    }

    const Wevtapi& api_;
    const EventQuery& query_;
    std::string about_;
    Owned results_{nullptr, api_.close};
    int skipped_ = 0;
};

} // namespace

Result<EventPage> events(const EventQuery& query) {
    const auto api = Wevtapi::load();
    if (!api)
        return api.error();
    if (query.bookmark.empty())
        return Reader(*api, query).newest();
    Result<EventPage> page = Reader(*api, query).behind_bookmark();
    if (page || !is_gone(page.error()))
        return page;
    EventQuery anew = query;
    anew.bookmark.clear();
    page = Reader(*api, anew).newest();
    if (page)
        page->restarted = true;
    return page;
}

} // namespace rdpmedic::windows
