// What does the diagnosis know of this host?
#include "agent/watch/answers.hpp"

namespace rdpmedic {

diagnosis::Answers answers_of(const Snapshot& snapshot, Result<events::Facts> events) {
    diagnosis::Answers answers;
    answers.events = std::move(events);
    for (const auto& [id, state] : snapshot.probes) {
        if (!state.last_report && state.findings.empty()) {
            answers.reports.emplace(id, Error{Errc::timed_out, 0, "the first report of the probe"});
            continue;
        }
        std::vector<Finding> findings;
        for (const StandingFinding& standing : state.findings)
            findings.push_back(standing.finding);
        answers.reports.emplace(id, std::move(findings));
    }
    return answers;
}

std::map<std::string, std::string, std::less<>> questions_of(const std::vector<Probe>& probes) {
    std::map<std::string, std::string, std::less<>> questions;
    for (const Probe& probe : probes)
        questions.emplace(probe.id, probe.question);
    return questions;
}

} // namespace rdpmedic
