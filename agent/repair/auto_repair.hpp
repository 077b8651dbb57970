// Which repair, if any, may begin now although nobody asked for it?
#pragma once

#include "agent/repair/job.hpp"
#include "agent/settings.hpp"
#include "agent/watch/snapshot.hpp"

#include <map>

namespace rdpmedic {

// The caller of repairs that nobody asked for.
inline const Caller nobody{"rdpmedic", "unattended"};

// What is remembered of one rule between two looks, beside the jobs, which survive a restart of the agent.
struct RuleMemory {
    std::optional<Time> asked;         // the last time that the desk was asked
    std::optional<Time> refused_since; // the finding of that age was refused for a reason that does not pass
};

// One rule with what the snapshot and the jobs say about it.
struct RuleState {
    const AutoRepairRule* rule = nullptr;
    std::optional<Time> since; // the finding stands since then; empty: it does not stand
    unsigned failed = 0;       // unattended attempts at it since then that did not cure
    bool gave_up = false;      // as many as the rule allows
    bool due = false;          // a repair may begin now
};

// Pure. `hour` is that of the host's own clock, 0 to 23. A rule is due where its finding stands, its hours have come,
// the last attempt is long enough ago and it has not given up. An attempt counts for the finding that stood when it
// began: one that was cured and comes back is a new one.
std::vector<RuleState> rule_states(const std::vector<AutoRepairRule>& rules, const Snapshot& snapshot,
                                   const std::vector<Job>& jobs, const std::map<std::string, RuleMemory>& memory,
                                   Time now, unsigned hour);

// Whether `hour` lies in [from, to), also over midnight; from == to is the whole day. Pure.
bool within_hours(unsigned hour, unsigned from, unsigned to) noexcept;

// What /health shows: "auto_repair.gave_up" for each rule that has. Pure.
std::vector<Finding> findings_of(const std::vector<RuleState>& states);

} // namespace rdpmedic
