// How does a snapshot look as a health check? Pure: the same snapshot at the same time gives the same bytes.
#pragma once

#include "agent/watch/snapshot.hpp"
#include "api/message.hpp"

namespace rdpmedic::api {

// The status of one probe, which fails too when it has been silent from the start for longer than it may be blind.
Status status_in(const Snapshot& snapshot, const ProbeState& state, Time now);

// The whole host; 200 for pass and warn, 503 for fail. application/health+json
// (https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check).
Response render_health(const Snapshot& snapshot, Time now, std::string_view version);
// One probe; nothing when there is no such probe.
std::optional<Response> render_health(const Snapshot& snapshot, std::string_view probe, Time now,
                                      std::string_view version);
// One line as Nagios plugins print: "RDPMEDIC CRITICAL - ... | fail=1 ...". All of the host, or one probe.
std::optional<Response> render_nagios(const Snapshot& snapshot, std::string_view probe, Time now);
// 200 once every probe has reported, else 503 with the names of those that have not.
Response render_ready(const Snapshot& snapshot);

// 304 instead of a `response` of 200 when the caller has the same already (If-None-Match).
Response unless_known(Response response, std::string_view if_none_match);

// Keeps the answer for the whole host until the snapshot or, with time, a status changes. Not thread-safe.
class HealthPage {
  public:
    const Response& at(std::shared_ptr<const Snapshot> snapshot, Time now, std::string_view version);

  private:
    std::shared_ptr<const Snapshot> snapshot_;
    Time checked_{};
    std::vector<Status> statuses_;
    Response response_;
};

} // namespace rdpmedic::api
