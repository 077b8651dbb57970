// What do the counted events say, once noise is set aside?
#pragma once

#include "probes/events.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rdpmedic::diagnosis {

// Events as evidence. On a host that strangers can reach, refused connections come all day: where they are many, they
// say nothing about the one user who asks, neither that he came nor that he did not.
class EventView {
  public:
    // `now` ends what was looked at where the events have no end of their own; without it the last event does.
    explicit EventView(const Result<events::Facts>& events, std::optional<Time> now = std::nullopt);

    // Nothing where it could not be read or not as far back as asked, where it is noise, where the log of arrivals
    // does not show our own handshakes either, and where Schannel may log no errors.
    std::optional<bool> is_seen(events::Kind kind) const;
    // Null where nothing counts as seen.
    const events::Tally* tally(events::Kind kind) const;
    // Schannel logs for every TLS server of the host. False where its events of that kind are nobody's of RDP.
    bool is_of_rdp(events::Kind kind) const;
    // Did TLS fail a client of RDP, who may be the one that asks? Not where strangers come all the time (noise): then
    // one of them is always near. `and_still`: nobody has come further since.
    bool failed_client(events::Kind kind, bool and_still) const;
    // Does Schannel surely log its errors? Where it does not, that none is seen proves nothing.
    bool logs_tls_errors() const;
    // How many our own handshakes caused: those are the listener's for sure.
    std::uint32_t ours(events::Kind kind) const;
    bool is_read() const { return facts_ != nullptr; }
    // Was there an event of that kind, or a log that would show it and was read to its ends?
    bool is_read(events::Kind kind) const;
    // "since 2026-01-15T08:30:00Z", or "between" two times where a span was asked.
    std::string when() const;
    // How many events were set aside, 0 without noise.
    std::uint32_t noise() const { return noise_; }
    // What a reader has to know of the logs beside `unread`, a sentence each: which were read in part, and whether
    // those of arrivals are written at all.
    std::vector<std::string> gaps() const;

  private:
    bool is_noise(events::Kind kind) const;

    const events::Facts* facts_;
    std::uint32_t noise_ = 0;
    bool refusals_are_noise_ = false; // and not the arrivals alone
};

} // namespace rdpmedic::diagnosis
