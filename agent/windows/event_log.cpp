// How do warnings and events of repairs reach the Windows Event Log?
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

// The severity is a part of the number by which the message is found.
// https://learn.microsoft.com/windows/win32/eventlog/event-identifiers
constexpr DWORD severity_bits = 0xC0000000;

void report(WORD type, DWORD message, std::string_view line) {
    const windows::Handle<EventSourceTraits> source(::RegisterEventSourceW(nullptr, L"rdpmedic"));
    if (!source)
        return;
    const std::wstring text = windows::to_wide(line);
    const wchar_t* texts[] = {text.c_str()};
    ::ReportEventW(source.get(), type, 0, message, nullptr, 1, 0, texts, nullptr);
}

} // namespace

void write_event(bool error, std::string_view line) {
    report(error ? EVENTLOG_ERROR_TYPE : EVENTLOG_WARNING_TYPE, error ? RDPMEDIC_ERROR : RDPMEDIC_WARNING, line);
}

void write_event(std::uint16_t id, bool warning, std::string_view line) {
    const DWORD severity = (warning ? RDPMEDIC_WARNING : RDPMEDIC_REPAIR_BEGUN) & severity_bits;
    report(warning ? EVENTLOG_WARNING_TYPE : EVENTLOG_INFORMATION_TYPE, severity | id, line);
}

} // namespace rdpmedic
