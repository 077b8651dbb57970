// What is known about this host right now, and what does a new report change about it?
#include "agent/watch/snapshot.hpp"

#include "probes/time_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rdpmedic {
namespace {

// Blind for longer than this many periods is a failure.
constexpr int blind_periods = 3;

bool has_unknown(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& finding) { return finding.severity == Severity::unknown; });
}

// What the probe shows after `report`. A probe that saw nothing at all keeps showing what it saw last.
std::vector<Finding> seen(const ProbeState& before, const Report& report) {
    if (report.findings && !report.stuck)
        return *report.findings;
    std::vector<Finding> findings;
    if (report.stuck) {
        findings.push_back({"agent.probe_stuck", Severity::unknown,
                            "the probe has not come back within its timeout; a call into Windows does not answer"});
        findings.back().subject = report.probe;
    } else {
        findings.push_back(unknown(report.probe, "the host", report.findings.error()));
    }
    for (const StandingFinding& standing : before.findings)
        if (standing.finding.severity != Severity::unknown)
            findings.push_back(standing.finding);
    return findings;
}

bool older_than_blind_limit(const ProbeState& state, Time since, Time now) {
    return now - since > blind_periods * state.period;
}

} // namespace

const char* name_of(Status status) noexcept {
    switch (status) {
    case Status::pass:
        return "pass";
    case Status::warn:
        return "warn";
    case Status::fail:
        return "fail";
    }
    return "fail";
}

bool Snapshot::complete() const {
    return std::all_of(probes.begin(), probes.end(),
                       [](const auto& entry) { return entry.second.last_report.has_value(); });
}

Snapshot first_snapshot(const std::vector<Probe>& all, Time started, const Clocks& clocks) {
    Snapshot snapshot;
    snapshot.started = snapshot.taken = started;
    for (const Probe& probe : all) {
        ProbeState& state = snapshot.probes[std::string(probe.id)];
        state.probe = probe.id;
        state.period = probe.period;
    }
    std::map<std::string, std::map<std::pair<std::string, std::string>, Time>> of_probes;
    for (const auto& [key, since] : clocks)
        of_probes[std::get<0>(key)][{std::get<1>(key), std::get<2>(key)}] = since;
    for (auto& [probe, own] : of_probes)
        if (const auto found = snapshot.probes.find(probe); found != snapshot.probes.end())
            found->second.clocks = std::move(own);
    return snapshot;
}

Snapshot fold(const Snapshot& previous, const Report& report) {
    Snapshot next = previous;
    ++next.generation;
    next.taken = report.finished;
    ProbeState& state = next.probes[report.probe];
    std::vector<Finding> findings = seen(state, report);
    const bool good = report.findings && !report.stuck && !has_unknown(findings);

    std::map<std::pair<std::string, std::string>, Time> clocks;
    if (!good)
        clocks = state.clocks.get();
    std::vector<StandingFinding> standing;
    for (Finding& finding : findings) {
        const std::pair key{finding.code, finding.subject};
        const auto earlier = state.clocks.find(key);
        const Time since = earlier == state.clocks.end() ? report.finished : earlier->second;
        clocks[key] = since;
        standing.push_back({std::move(finding), since});
    }
    std::stable_sort(standing.begin(), standing.end(), [](const auto& left, const auto& right) {
        return left.finding.severity > right.finding.severity;
    });
    state.findings = std::move(standing);
    state.clocks = std::move(clocks);
    state.probe = report.probe;
    state.last_report = report.finished;
    state.took = report.took;
    state.stuck = report.stuck;
    if (good) {
        state.last_good = report.finished;
        state.blind_since.reset();
    } else if (!state.blind_since) {
        state.blind_since = report.finished;
    }
    return next;
}

Status status_of(Severity severity) noexcept {
    switch (severity) {
    case Severity::info:
        return Status::pass;
    case Severity::unknown:
    case Severity::warning:
        return Status::warn;
    case Severity::critical:
        return Status::fail;
    }
    return Status::warn;
}

Status status_of(const ProbeState& state, Time now) {
    if (const auto& since = state.last_good ? state.last_good : state.blind_since;
        since && older_than_blind_limit(state, *since, now))
        return Status::fail;
    Status worst = state.last_report ? Status::pass : Status::warn;
    for (const StandingFinding& standing : state.findings)
        worst = std::max(worst, status_of(standing.finding.severity));
    return worst;
}

Status status_of(const Snapshot& snapshot, Time now) {
    Status worst = Status::pass;
    for (const auto& [id, state] : snapshot.probes) {
        worst = std::max(worst, status_of(state, now));
        if (!state.last_report && older_than_blind_limit(state, snapshot.started, now))
            worst = Status::fail;
    }
    return worst;
}

std::string clocks_to_json(const Snapshot& snapshot) {
    nlohmann::json clocks = nlohmann::json::array();
    for (const auto& [id, state] : snapshot.probes)
        for (const auto& [key, since] : state.clocks)
            clocks.push_back({{"probe", id}, {"code", key.first}, {"subject", key.second}, {"since", to_iso(since)}});
    return nlohmann::json{{"clocks", clocks}}.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<Clocks> clocks_from_json(std::string_view text) {
    const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
    const Error malformed{Errc::malformed, 0, "the clocks of an earlier run"};
    if (!document.is_object() || !document.contains("clocks") || !document["clocks"].is_array())
        return malformed;
    Clocks clocks;
    for (const nlohmann::json& row : document["clocks"]) {
        for (const char* key : {"probe", "code", "subject", "since"})
            if (!row.is_object() || !row.contains(key) || !row[key].is_string())
                return malformed;
        const Result<Time> since = time_from_iso(row["since"].get_ref<const std::string&>());
        if (!since)
            return since.error();
        clocks[{row["probe"], row["code"], row["subject"]}] = *since;
    }
    return clocks;
}

} // namespace rdpmedic
