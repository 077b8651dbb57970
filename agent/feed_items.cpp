// How do repairs and findings look to those who listen?
#include "agent/feed_items.hpp"

#include "probes/time_text.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic {

namespace {

using Json = nlohmann::ordered_json;
using Findings = std::map<std::pair<std::string, std::string>, const Finding*>;

std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// By code and subject.
Findings findings_of(const Snapshot& snapshot, const std::string& probe) {
    Findings findings;
    if (const auto state = snapshot.probes.find(probe); state != snapshot.probes.end())
        for (const StandingFinding& standing : state->second.findings)
            findings.emplace(std::pair{standing.finding.code, standing.finding.subject}, &standing.finding);
    return findings;
}

Json step_json(const JobStep& step) {
    Json json{{"rung", step.rung}, {"what", step.what}, {"state", name_of(step.state)}};
    if (!step.detail.empty())
        json["detail"] = step.detail;
    return json;
}

} // namespace

const char* name_of(Transition::Kind kind) noexcept {
    switch (kind) {
    case Transition::Kind::came:
        return "came";
    case Transition::Kind::changed:
        return "changed";
    case Transition::Kind::gone:
        return "gone";
    }
    return "changed";
}

std::vector<Transition> transitions(const Snapshot& before, const Snapshot& after, const std::string& probe) {
    const Findings old = findings_of(before, probe), now = findings_of(after, probe);
    std::vector<Transition> result;
    for (const auto& [key, finding] : now) {
        const auto known = old.find(key);
        if (known == old.end())
            result.push_back({Transition::Kind::came, probe, *finding, after.taken});
        else if (known->second->severity != finding->severity)
            result.push_back({Transition::Kind::changed, probe, *finding, after.taken});
    }
    for (const auto& [key, finding] : old)
        if (now.count(key) == 0)
            result.push_back({Transition::Kind::gone, probe, *finding, after.taken});
    return result;
}

void publish(Feed& feed, const Transition& transition) {
    const Finding& finding = transition.finding;
    Json json{{"change", name_of(transition.kind)},    {"probe", transition.probe}, {"code", finding.code},
              {"severity", name_of(finding.severity)}, {"text", finding.text},      {"time", to_iso(transition.at)}};
    if (!finding.subject.empty())
        json["subject"] = finding.subject;
    feed.publish("finding", {}, line_of(json));
}

void publish(Feed& feed, const RepairEvent& event, Time now) {
    const Job& job = event.job;
    Json json{{"event", name_of(event.kind)},    {"job", job.id},      {"repair", job.repair},
              {"outcome", name_of(job.outcome)}, {"text", event.text}, {"time", to_iso(now)}};
    if (event.step)
        json["step"] = step_json(*event.step);
    if (!job.undoes.empty())
        json["undoes"] = job.undoes;
    if (!job.caller.name.empty())
        json["caller"] = {{"name", job.caller.name}, {"from", job.caller.from}};
    feed.publish(event.step ? "step" : "job", job.id, line_of(json));
}

} // namespace rdpmedic
