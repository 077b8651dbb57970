// What is known about this host right now? Immutable once published; everything else only renders it.
#pragma once

#include "agent/watch/shared.hpp"
#include "probes/probe.hpp"

#include <map>
#include <string>
#include <tuple>

namespace rdpmedic {

enum class Status { pass, warn, fail };
const char* name_of(Status status) noexcept; // "pass", "warn", "fail"

// A finding with the time from which on it has stood without a break, kept across restarts of the agent.
struct StandingFinding {
    Finding finding;
    Time since{};
};

// One run of one probe, as the runner hands it in.
struct Report {
    std::string probe;
    Time finished{};
    std::chrono::milliseconds took{0};
    Result<std::vector<Finding>> findings = std::vector<Finding>{};
    bool stuck = false; // did not come back within its timeout; its worker is still busy
};

struct ProbeState {
    std::string probe;
    std::chrono::seconds period{0};
    std::optional<Time> last_report; // empty until the first report
    std::optional<Time> last_good;   // last report without anything unknown
    std::optional<Time> blind_since; // first report of the present series with something unknown
    std::chrono::milliseconds took{0};
    bool stuck = false;
    Shared<std::vector<StandingFinding>> findings; // most severe first
    // Since when each (code, subject) stands. Outlives the finding itself while the probe is blind.
    Shared<std::map<std::pair<std::string, std::string>, Time>> clocks;
};

struct Snapshot {
    std::uint64_t generation = 0; // grows with every fold
    Time taken{};
    Time started{}; // when the agent started
    std::map<std::string, ProbeState, std::less<>> probes;

    bool complete() const; // every probe has reported
};

// The snapshot after `report`. Pure. A finding that was there before keeps its `since`; a report with unknown answers
// keeps the clocks of the findings it could not see again, because blind is not cured.
Snapshot fold(const Snapshot& previous, const Report& report);

// pass: nothing above info. warn: a warning, or something unknown, or no report yet. fail: something critical, or
// blind for longer than three periods. Pure.
Status status_of(const ProbeState& state, Time now);
Status status_of(const Snapshot& snapshot, Time now);
Status status_of(Severity severity) noexcept;

// Nothing has reported yet: one state for each probe, with the clocks of an earlier run of the agent.
using Clocks = std::map<std::tuple<std::string, std::string, std::string>, Time>; // (probe, code, subject) -> since
Snapshot first_snapshot(const std::vector<Probe>& probes, Time started, const Clocks& clocks = {});

// The clocks of a snapshot as JSON, to be kept across restarts, and back. Malformed text is an error; the caller then
// starts with new clocks.
std::string clocks_to_json(const Snapshot& snapshot);
Result<Clocks> clocks_from_json(std::string_view text);

} // namespace rdpmedic
