// What does GET /diagnose answer?
#include "api/handlers.hpp"

#include "agent/digest.hpp"
#include "agent/watch/answers.hpp"
#include "api/query.hpp"
#include "probes/diagnosis/attempt.hpp"
#include "probes/diagnosis/render.hpp"
#include "probes/time_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rdpmedic::api {
namespace {

using diagnosis::Diagnosis;

// One parameter into `target`; what is wrong with it, or nothing.
std::optional<Problem> take(std::string_view value, std::string_view name, std::optional<std::uint32_t>& target) {
    if (target)
        return Problem{400, "bad-query", std::string(name) + " is given twice"};
    const Result<diagnosis::TypedNumber> number = diagnosis::read_number(value);
    if (!number)
        return Problem{400, "bad-query", std::string(name) + ": " + number.error().where};
    target = number->value;
    return std::nullopt;
}

// The time of the attempt. A plus sign that was not encoded has become a blank.
std::optional<Problem> take_time(std::string_view pair, Time now, std::optional<Time>& target) {
    if (target)
        return Problem{400, "bad-query", "at is given twice"};
    const Result<std::map<std::string, std::string>> read = parameters_of(pair);
    if (!read)
        return Problem{400, "bad-query", read.error().where};
    std::string text = read->empty() ? std::string() : read->begin()->second;
    std::replace(text.begin(), text.end(), ' ', '+');
    const Result<Time> time = diagnosis::attempt_time(text, now);
    if (!time)
        return Problem{400, "bad-query", "at: " + time.error().where};
    target = *time;
    return std::nullopt;
}

// Weak: it names what was asked, the causes and the findings, not the minute at which they were seen.
std::string etag_of(const Diagnosis& diagnosis) {
    std::string text = diagnosis::name_of(diagnosis.conclusion);
    for (const auto& number : {diagnosis.question.code, diagnosis.question.extended})
        text += "\n" + (number ? diagnosis::to_hex(*number) : std::string("none"));
    text += "\n" + (diagnosis.question.at ? to_iso(*diagnosis.question.at) : std::string("now"));
    for (const diagnosis::RankedCause& ranked : diagnosis.causes)
        text += "\n" + std::string(ranked.cause.id) + " " + name_of(ranked.confidence) + " " + ranked.reason;
    for (const auto& [probe, report] : diagnosis.answers.reports)
        for (const Finding& finding : report ? *report : std::vector<Finding>{})
            text += "\n" + finding.code + " " + name_of(finding.severity) + " " + finding.subject + " " + finding.text;
    for (const std::string& unread : diagnosis.unread)
        text += "\n" + unread;
    return "W/\"" + sha256_hex(text).substr(0, 24) + "\"";
}

Response render(const Diagnosis& diagnosis) {
    Response response =
        respond(200, "application/json",
                to_json(diagnosis).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    response.fields.emplace_back("ETag", etag_of(diagnosis));
    return response;
}

} // namespace

std::variant<diagnosis::Question, Problem> read_question(std::string_view query, Time now) {
    diagnosis::Question question;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string_view name = pair.substr(0, equals), value = pair.substr(std::min(equals + 1, pair.size()));
        if (name != "code" && name != "extended" && name != "at")
            return Problem{400, "bad-query",
                           "there is no parameter '" + std::string(name.substr(0, 40)) +
                               "'; there are code, extended and at, as in /diagnose?code=0x904&extended=0x7&at=20m"};
        std::optional<Problem> problem = name == "at"     ? take_time(pair, now, question.at)
                                         : name == "code" ? take(value, name, question.code)
                                                          : take(value, name, question.extended);
        if (problem)
            return *std::move(problem);
    }
    return question;
}

Reply get_diagnose(const Call& call) {
    std::variant<diagnosis::Question, Problem> read = read_question(call.request.query, call.now);
    if (const Problem* problem = std::get_if<Problem>(&read))
        return respond(*problem);
    return Blocking{[question = std::get<diagnosis::Question>(read), snapshot = call.office.services.board.current(),
                     events = call.office.events, now = call.now,
                     known = std::string(call.request.if_none_match)]() -> Reply {
        diagnosis::Answers answers = answers_of(*snapshot, events->facts(question.at));
        answers.questions = questions_of(all_probes());
        return unless_known(render(diagnosis::diagnose(question, answers, now)), known);
    }};
}

} // namespace rdpmedic::api
