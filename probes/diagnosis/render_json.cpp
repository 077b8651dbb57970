// How does a diagnosis look to a program?
#include "probes/diagnosis/render.hpp"

#include "probes/time_text.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic::diagnosis {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const std::optional<Meaning>& meaning) {
    if (!meaning)
        return nullptr;
    return {{"value", meaning->value},  {"hex", to_hex(meaning->value)},    {"symbol", meaning->symbol},
            {"meaning", meaning->text}, {"known", name_of(meaning->known)}, {"source", meaning->source},
            {"notes", meaning->notes}};
}

Json json_of(const std::vector<Observation>& observations) {
    Json list = Json::array();
    for (const Observation& seen : observations)
        list.push_back({{"source", seen.source},
                        {"text", seen.text},
                        {"weight", name_of(seen.weight)},
                        {"details", seen.details}});
    return list;
}

Json json_of(const RankedCause& ranked) {
    Json json{{"id", ranked.cause.id},
              {"guide", ranked.cause.guide},
              {"title", ranked.cause.title},
              {"place", name_of(ranked.cause.place)},
              {"confidence", name_of(ranked.confidence)},
              {"reason", ranked.reason},
              {"for", json_of(ranked.supports)},
              {"against", json_of(ranked.opposes)},
              {"unread", ranked.unread}};
    if (!ranked.repair.empty())
        json["repair"] = "/repair/" + ranked.repair;
    for (const std::string& option : ranked.options)
        json["options"][option.substr(0, option.find('='))] = option.substr(option.find('=') + 1);
    json["advice"] = ranked.cause.advice;
    json["disruption"] = ranked.cause.disruption;
    if (!ranked.policies.empty())
        json["policies"] = ranked.policies;
    return json;
}

Json json_of(const Finding& finding) {
    Json json{{"code", finding.code}, {"severity", name_of(finding.severity)}, {"text", finding.text}};
    if (!finding.subject.empty())
        json["subject"] = finding.subject;
    if (!finding.evidence.empty())
        json["evidence"] = finding.evidence;
    if (!finding.policy.empty())
        json["policy"] = finding.policy;
    return json;
}

Json checklist_of(const Answers& answers) {
    Json list = Json::array();
    for (const auto& [probe, report] : answers.reports) {
        const auto question = answers.questions.find(probe);
        Json one{{"probe", probe}, {"question", question == answers.questions.end() ? "" : question->second}};
        if (report) {
            one["findings"] = Json::array();
            for (const Finding& finding : *report)
                one["findings"].push_back(json_of(finding));
        } else {
            one["error"] = describe(report.error());
        }
        list.push_back(std::move(one));
    }
    return list;
}

} // namespace

Json to_json(const Diagnosis& diagnosis) {
    Json json{{"time", to_iso(diagnosis.now)},
              {"at", diagnosis.question.at ? Json(to_iso(*diagnosis.question.at)) : Json(nullptr)},
              {"code", json_of(diagnosis.code)},
              {"extended", json_of(diagnosis.extended)},
              {"conclusion", name_of(diagnosis.conclusion)},
              {"verdict", diagnosis.verdict},
              {"next", diagnosis.next},
              {"causes", Json::array()},
              {"decisions", Json::array()},
              {"checklist", checklist_of(diagnosis.answers)},
              {"unread", diagnosis.unread},
              {"notes", diagnosis.notes},
              {"claims", Json::array()}};
    for (const RankedCause& ranked : diagnosis.causes)
        json["causes"].push_back(json_of(ranked));
    for (const Step& step : diagnosis.decisions)
        json["decisions"].push_back(
            {{"row", step.row}, {"text", step.text}, {"fits", name_of(step.fit)}, {"causes", step.causes}});
    for (const Claim& claim : diagnosis.claims)
        json["claims"].push_back(
            {{"claim", claim.claim}, {"documentation", claim.documentation}, {"verdict", name_of(claim.verdict)}});
    return json;
}

} // namespace rdpmedic::diagnosis
