// How does a snapshot look to Prometheus?
#pragma once

#include "agent/repair/desk.hpp"
#include "agent/watch/snapshot.hpp"
#include "api/message.hpp"

#include <array>
#include <mutex>
#include <set>

namespace rdpmedic::api {

// What the server has counted since it started. Thread-safe.
class Counters {
  public:
    using ByStatus = std::array<std::uint64_t, 600>;
    using ByRepair = std::map<std::pair<std::string, std::string>, std::uint64_t>; // (repair, outcome or refusal)

    void answered(unsigned status);
    void refused(std::string_view repair, std::string_view kind);
    void rollback_refused(std::string_view repair, std::string_view kind);
    // Remembers a job until its outcome is known. Jobs that take back another are counted apart.
    void began(const Job& job);
    // Asks the desk for the outcomes of jobs that were still running. Does not block.
    void settle(const RepairDesk& desk);

    ByStatus answers() const;
    ByRepair repairs() const;
    ByRepair rollbacks() const;

  private:
    void ended(const Job& job); // the mutex is held

    mutable std::mutex mutex_;
    ByStatus answers_{};
    ByRepair repairs_, rollbacks_;
    std::set<std::string> open_, seen_; // ids of jobs
};

// The text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/). `streams` is how many callers
// listen to GET /events. Pure.
Response render_metrics(const Snapshot& snapshot, const Counters& counters, Time now, std::string_view version,
                        std::size_t streams = 0);

} // namespace rdpmedic::api
