// How do warnings reach the Windows Event Log?
#include "agent/windows/event_log.hpp"

#include "probes/windows/handle.hpp"
#include "probes/windows/text.hpp"

#include "events.h" // from events.mc

namespace rdpmedic {
namespace {

struct EventSourceTraits {
    using Raw = HANDLE;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::DeregisterEventSource(raw); }
};

} // namespace

void write_event(bool error, std::string_view line) {
    const windows::Handle<EventSourceTraits> source(::RegisterEventSourceW(nullptr, L"rdpmedic"));
    if (!source)
        return;
    const std::wstring text = windows::to_wide(line);
    const wchar_t* texts[] = {text.c_str()};
    ::ReportEventW(source.get(), error ? EVENTLOG_ERROR_TYPE : EVENTLOG_WARNING_TYPE, 0,
                   error ? RDPMEDIC_ERROR : RDPMEDIC_WARNING, nullptr, 1, 0, texts, nullptr);
}

} // namespace rdpmedic
