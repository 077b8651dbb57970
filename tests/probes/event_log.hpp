// A host with event logs, for tests of the events probe.
#pragma once

#include "probes/events.hpp"
#include "tests/support/event_text.hpp"
#include "tests/support/fake_host.hpp"

namespace rdpmedic::testing {

// Its logs by the name of the query; a bookmark is the number of the last record. Not thread-safe.
class LogHost : public FakeHost {
  public:
    std::map<std::string, std::vector<std::string>> logs;
    std::map<std::string, Error> broken, damaged;
    mutable std::vector<EventQuery> asked;
    std::size_t limit = 500;

    void write(const std::string& log, EventText event) {
        event.record = ++records_;
        logs[log].push_back(xml_of(event));
    }
    // The log is emptied, and its numbers begin anew.
    void clear(const std::string& log) {
        logs[log].clear();
        records_ = 0;
        ++cleared_;
    }

    Result<EventPage> events(const EventQuery& query) const override {
        asked.push_back(query);
        if (const auto error = broken.find(query.name); error != broken.end())
            return error->second;
        const auto found = logs.find(query.name);
        const std::vector<std::string> none;
        const auto& log = found == logs.end() ? none : found->second;
        const std::string age = std::to_string(cleared_) + ":";
        EventPage page;
        page.bookmark = query.bookmark;
        std::size_t begin = 0, end = log.size();
        if (query.bookmark.compare(0, age.size(), age) == 0) {
            begin = std::stoul(query.bookmark.substr(age.size()));
            end = std::min(end, begin + limit);
            page.more = end < log.size();
        } else {
            page.restarted = !query.bookmark.empty();
            begin = end > limit ? end - limit : 0;
            page.more = begin > 0;
        }
        page.records.assign(log.begin() + static_cast<std::ptrdiff_t>(begin),
                            log.begin() + static_cast<std::ptrdiff_t>(end));
        if (end > 0)
            page.bookmark = age + std::to_string(end);
        if (const auto error = damaged.find(query.name); error != damaged.end())
            page.damaged = error->second;
        return page;
    }

  private:
    unsigned long records_ = 0;
    int cleared_ = 0;
};

inline const std::string rdp_core = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS";
inline const std::string connection_manager = "Microsoft-Windows-TerminalServices-RemoteConnectionManager";
inline const std::string session_manager = "Microsoft-Windows-TerminalServices-LocalSessionManager";

inline EventText arrival(Time time, const std::string& socket, const std::string& activity = {}) {
    return {rdp_core, 131, time, {{"ConnType", "TCP"}, {"ClientIP", socket}}, "", 1, activity};
}
inline EventText schannel(unsigned id, Time time, EventFields fields = {{"Type", "server"}}) {
    return {"Schannel", id, time, std::move(fields)};
}

} // namespace rdpmedic::testing
