// Which repair, if any, may begin now although nobody asked for it?
#include "agent/repair/auto_repair.hpp"

#include <algorithm>

namespace rdpmedic {

namespace {

std::optional<Time> standing_since(const Snapshot& snapshot, const std::string& code) {
    std::optional<Time> since;
    for (const auto& [id, state] : snapshot.probes)
        for (const StandingFinding& standing : state.findings)
            if (standing.finding.code == code)
                since = since ? std::min(*since, standing.since) : standing.since;
    return since;
}

bool is_attempt(const Job& job, const AutoRepairRule& rule, Time since) {
    return job.caller.from == nobody.from && job.repair == rule.repair && job.started >= since &&
           job.outcome != Outcome::running && job.outcome != Outcome::not_needed;
}

} // namespace

bool within_hours(unsigned hour, unsigned from, unsigned to) noexcept {
    if (from % 24 == to % 24)
        return true;
    return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

std::vector<RuleState> rule_states(const std::vector<AutoRepairRule>& rules, const Snapshot& snapshot,
                                   const std::vector<Job>& jobs, const std::map<std::string, RuleMemory>& memory,
                                   Time now, unsigned hour) {
    std::vector<RuleState> states;
    for (const AutoRepairRule& rule : rules) {
        RuleState state{&rule, standing_since(snapshot, rule.finding)};
        if (!state.since) {
            states.push_back(state);
            continue;
        }
        std::optional<Time> last;
        for (const Job& job : jobs)
            if (is_attempt(job, rule, *state.since)) {
                ++state.failed; // one that cured would have taken the finding away
                const Time ended = job.finished.value_or(job.started);
                last = last ? std::max(*last, ended) : ended;
            }
        bool refused = false;
        if (const auto known = memory.find(rule.finding); known != memory.end()) {
            refused = known->second.refused_since == state.since;
            if (known->second.asked)
                last = last ? std::max(*last, *known->second.asked) : *known->second.asked;
        }
        state.gave_up = state.failed >= rule.attempts;
        state.due = !state.gave_up && !refused && within_hours(hour, rule.from_hour, rule.to_hour) &&
                    (!last || now - *last >= rule.every);
        states.push_back(state);
    }
    return states;
}

std::vector<Finding> findings_of(const std::vector<RuleState>& states) {
    std::vector<Finding> findings;
    for (const RuleState& state : states) {
        if (!state.gave_up)
            continue;
        Finding finding{"auto_repair.gave_up", Severity::warning,
                        "the unattended repair " + state.rule->repair + " did not cure " + state.rule->finding +
                            " in " + std::to_string(state.failed) +
                            " attempts and is not tried again while it stands; look at "
                            "GET /repair/jobs",
                        state.rule->finding};
        findings.push_back(std::move(finding));
    }
    return findings;
}

} // namespace rdpmedic
