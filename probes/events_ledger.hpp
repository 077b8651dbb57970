// What is remembered of the events from one look to the next?
#pragma once

#include "probes/events.hpp"

#include <string_view>

namespace rdpmedic::events {

// A client that reached the listener, for a while: events of other channels are of RDP when they came with one.
struct Arrival {
    std::string client;
    Time time{};
};

// Counts of each kind by slices of a twelfth of the window, so that old ones can go; where each query ended. Pure.
class Ledger {
  public:
    explicit Ledger(std::chrono::seconds window) : slice_(std::max(window / 12, std::chrono::seconds{1})) {}

    // What `text` remembers. Nothing where it is damaged, of another version or of another window, of which it has not
    // seen all: then a ledger begins anew.
    static std::optional<Ledger> from_json(std::string_view text, std::chrono::seconds window);
    // Below 64 KB whatever happened: the samples go first.
    std::string to_json() const;

    // Whether a record, by its time and number, is behind the last one of the query. A look that repeats itself brings
    // the same records again; a log that was cleared counts from one again, with later times.
    bool is_new(const std::string& query, Time time, std::uint64_t record) const;
    void seen(const std::string& query, Time time, std::uint64_t record);
    std::string bookmark(const std::string& query) const;
    void set_bookmark(const std::string& query, std::string bookmark);

    struct Entry {
        Kind kind;
        Time time{};
        std::uint32_t id = 0;
        bool of_rdp = false, ours = false;
        std::string sample;
        bool of_loopback = false;
    };
    void count(Entry entry);
    // Whether an event of that kind, ours or not, was counted about then: to a twelfth of the window.
    bool has(Kind kind, Time from, Time until) const;
    // Forgets what is older than `from`, and all but the last arrivals and open arbitrations.
    void prune(Time from);
    // Everything that is remembered, but for `unread`.
    Facts facts(Time from) const;

    // A service failed, or was seen to run after that. Records are of one log, and several come in a second.
    void failed(const std::string& service, Time time, std::uint64_t record);
    void runs(const std::string& service, Time time, std::uint64_t record);

    std::vector<Arrival> arrivals;            // oldest first
    std::map<std::string, Time> arbitrations; // begun and not ended, by session
    std::map<std::string, Time> cuts;         // by query: what is older than this was left out by its first look
    std::optional<Time> tls_worked;

  private:
    struct Slice {
        Time first{}, last{};
        std::uint32_t count = 0, of_rdp = 0, ours = 0;
        std::map<std::uint32_t, std::uint32_t> ids;
        std::uint32_t of_loopback = 0;
    };
    struct Row {
        std::vector<Slice> slices;
        std::vector<std::pair<Time, std::string>> samples; // oldest first
    };
    struct End {
        std::string bookmark;
        Time time{};
        std::uint64_t record = 0;
    };

    struct Failure {
        Time time{};
        std::uint64_t record = 0;
    };

    struct Json; // reads and writes the members

    std::chrono::seconds slice_;
    std::map<Kind, Row> rows_;
    std::map<std::string, End> ends_;
    std::map<std::string, Failure> down_; // by service
};

} // namespace rdpmedic::events
