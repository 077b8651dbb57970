// Which events belong together: to our own handshakes, to a client that arrived?
#pragma once

#include "probes/events_classify.hpp"
#include "probes/events_ledger.hpp"

#include <set>

namespace rdpmedic::events {

// What one look brought, as far as it means something: in the order of time, across channels.
struct Seen {
    EventRecord record;
    Kind kind;
};

// Pure. `arrivals` are those of earlier looks.
class Relations {
  public:
    Relations(const std::vector<Seen>& seen, const std::vector<OwnHandshake>& own, std::vector<Arrival> arrivals);

    // Whether one of our own handshakes caused it: by the activity that Windows gives all events of a connection, by
    // the address of our socket, or, where an event has neither, by its time, if no other client came then.
    bool is_ours(const Seen& seen) const;
    // Whether a client other than us came just before it, or as it was logged.
    bool came_with_arrival(Time time) const;
    // Whether a connection came and ended without a word on how it went: no session, no logon, no refusal and no error.
    // Known by the activity alone, within one look. DERIVED: that this is what a client sees as a closed socket.
    bool is_closed_early(const Seen& seen) const;
    // A logon over the network is one through RDP where its address arrived just before.
    bool came_through_rdp(const Seen& seen) const;

    // The clients that came, of this look and earlier ones, oldest first.
    const std::vector<Arrival>& arrivals() const noexcept { return arrivals_; }

  private:
    void add_arrivals_without_socket(const std::vector<Seen>& seen);
    bool came_from_us(const EventRecord& record) const; // by the socket that it names

    const std::vector<OwnHandshake>& own_;
    std::vector<Arrival> arrivals_;
    std::set<std::string> our_activities_, their_activities_;
    std::set<std::string> told_activities_; // of which there is more than that they came and ended
};

// Whether the kind can be of TLS programs other than RDP's.
bool is_of_schannel(Kind kind) noexcept;

} // namespace rdpmedic::events
