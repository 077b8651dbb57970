// Which cause is it, most likely, and why?
#include "probes/diagnosis/rank.hpp"

#include "probes/diagnosis/decision.hpp"
#include "probes/diagnosis/next_steps.hpp"
#include "probes/diagnosis/weigh.hpp"
#include "probes/events_relations.hpp"
#include "probes/time_text.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace rdpmedic::diagnosis {
namespace {

// Schannel logs for every TLS server of the host: only what came with a client of RDP says something here. Where TLS
// passes now and a client has come further since, it works.
std::optional<bool> is_seen(const EventView& events, events::Kind kind, std::optional<Answer> answer) {
    const std::optional<bool> seen = events.is_seen(kind);
    if (!seen.value_or(false) || !events::is_of_schannel(kind))
        return seen;
    return answer == Answer::passes ? events.failed_client(kind, true) : events.is_of_rdp(kind);
}

std::vector<Step> walk(const Answers& answers, const EventView& events) {
    const std::optional<Answer> answer = answer_of(answers.reports);
    std::vector<Step> steps;
    for (const Decision& decision : decisions()) {
        const Fit fit = fit_of(decision, answer, [&](events::Kind kind) { return is_seen(events, kind, answer); });
        Step step{decision.row, std::string(decision.text), fit, {}};
        for (const std::string_view cause : decision.causes)
            step.causes.emplace_back(cause);
        steps.push_back(std::move(step));
    }
    return steps;
}

// The events probe has one finding for all logs that it could not read; they are listed one by one.
bool is_said_by_logs(const Answers& answers, std::string_view probe, const Finding& finding) {
    return probe == "events" && finding.subject == "event logs" && answers.events && !answers.events->unread.empty();
}

std::vector<std::string> unread_of(const Answers& answers) {
    std::vector<std::string> unread;
    for (const auto& [probe, report] : answers.reports) {
        if (!report) {
            unread.push_back(probe + ": " + describe(report.error()));
            continue;
        }
        for (const Finding& finding : *report)
            if (finding.severity == Severity::unknown && !is_said_by_logs(answers, probe, finding))
                unread.push_back(probe + ": " + (finding.subject.empty() ? "" : finding.subject + ": ") + finding.text);
    }
    if (!answers.events)
        unread.push_back("events: " + describe(answers.events.error()));
    else
        for (const auto& [query, error] : answers.events->unread)
            unread.push_back("events: " + query + ": " + describe(error));
    return unread;
}

// What no cause explains is said, not dropped.
std::vector<std::string> unexplained(const Answers& answers, const std::vector<Cause>& all) {
    std::set<std::string_view> explained;
    for (const Cause& cause : all)
        for (const Sign& sign : cause.findings)
            explained.insert(sign.code);
    std::vector<std::string> notes;
    for (const auto& [probe, report] : answers.reports)
        if (report && probe != "events") // its findings are the kinds of events, which are weighed as such
            for (const Finding& finding : *report)
                if (finding.severity >= Severity::warning && explained.count(finding.code) == 0)
                    notes.push_back("no cause in the table explains " + finding.code + ": " + finding.text);
    return notes;
}

bool is_likely(const RankedCause& ranked) { return ranked.confidence >= Confidence::likely; }

// Without these two, nothing that was not found can be said to be absent.
bool is_blind(const Answers& answers, const EventView& events) {
    return !answer_of(answers.reports) || !events.is_read() ||
           (events.noise() == 0 && !events.is_seen(events::Kind::arrival));
}

// Where strangers fill the logs, what was left out is most likely theirs, and that they are noise is said.
bool is_whole(const EventView& events) { return events.noise() > 0 || events.gaps().empty(); }

Conclusion conclude(const Diagnosis& diagnosis, const EventView& events) {
    const RankedCause& first = diagnosis.causes.front();
    if (is_likely(first))
        return first.cause.place == Place::host ? Conclusion::found : Conclusion::outside;
    if (is_blind(diagnosis.answers, events))
        return Conclusion::cannot_tell;
    if (first.confidence == Confidence::possible)
        return Conclusion::possible;
    return diagnosis.unread.empty() && is_whole(events) ? Conclusion::nothing_found : Conclusion::cannot_tell;
}

std::string title_and_place(const RankedCause& ranked) {
    const std::string title(ranked.cause.title);
    return ranked.cause.place == Place::host ? title : title + " (" + name_of(ranked.cause.place) + ")";
}

std::string further(const std::vector<RankedCause>& ranked) {
    std::string likely, found;
    for (std::size_t i = 1; i < ranked.size(); ++i) {
        if (is_likely(ranked[i]) || (ranked[i].behind_switch && ranked[i].confidence == Confidence::possible))
            likely += (likely.empty() ? " Beside it: " : "; ") + std::string(ranked[i].cause.title);
        else if (ranked[i].beside)
            found += (found.empty() ? " Beside it, seen here and not what that number is about: " : "; ") +
                     std::string(ranked[i].cause.title);
    }
    return (likely.empty() ? likely : likely + ".") + (found.empty() ? found : found + ".");
}

std::string possible(const std::vector<RankedCause>& ranked) {
    const RankedCause& first = ranked.front();
    std::string equals;
    for (std::size_t i = 1; i < ranked.size(); ++i)
        if (ranked[i].confidence == first.confidence && ranked[i].evidence == first.evidence && !ranked[i].beside)
            equals += "; " + title_and_place(ranked[i]);
    if (!equals.empty())
        return "Possible, equally: " + title_and_place(first) + equals + ".";
    return "Possible: " + std::string(first.cause.title) +
           (first.cause.place == Place::host ? "." : ", which is outside this host.");
}

std::string verdict_of(const Diagnosis& diagnosis, const EventView& events) {
    const RankedCause& first = diagnosis.causes.front();
    const std::string title(first.cause.title);
    switch (diagnosis.conclusion) {
    case Conclusion::found:
        return title + " (" + name_of(first.confidence) + ")." + further(diagnosis.causes);
    case Conclusion::outside:
        if (events.is_seen(events::Kind::arrival) == false &&
            contact_of(diagnosis.question.code, diagnosis.question.extended) != Contact::made)
            return "Outside this host: no client has reached it " + events.when() +
                   ", and nothing here speaks for a fault that is likelier. " + title + "." + further(diagnosis.causes);
        return "Outside this host: " + title + " (" + name_of(first.confidence) + ")." + further(diagnosis.causes);
    case Conclusion::possible:
        return "Nothing is likely. " + possible(diagnosis.causes) + further(diagnosis.causes);
    case Conclusion::nothing_found:
        return events.gaps().empty() ? "Everything was read, and nothing on this host speaks for a cause."
                                     : "As far as the logs were read, nothing on this host speaks for a cause.";
    case Conclusion::cannot_tell:
        break;
    }
    std::string text = "Cannot tell: too little could be read on this host";
    text += diagnosis.unread.empty()       ? "."
            : diagnosis.unread.size() == 1 ? " (1 answer is missing)."
                                           : " (" + std::to_string(diagnosis.unread.size()) + " answers are missing).";
    if (first.confidence == Confidence::possible)
        text += " Possible: " + title + ".";
    return text + further(diagnosis.causes);
}

} // namespace

const char* name_of(Confidence confidence) noexcept {
    switch (confidence) {
    case Confidence::unlikely:
        return "unlikely";
    case Confidence::possible:
        return "possible";
    case Confidence::likely:
        return "likely";
    case Confidence::certain:
        return "certain";
    }
    return "unlikely";
}

const char* name_of(Fit fit) noexcept {
    switch (fit) {
    case Fit::no:
        return "no";
    case Fit::unknown:
        return "unknown";
    case Fit::yes:
        return "yes";
    }
    return "unknown";
}

const char* name_of(Conclusion conclusion) noexcept {
    switch (conclusion) {
    case Conclusion::found:
        return "found";
    case Conclusion::outside:
        return "outside";
    case Conclusion::possible:
        return "possible";
    case Conclusion::nothing_found:
        return "nothing_found";
    case Conclusion::cannot_tell:
        return "cannot_tell";
    }
    return "cannot_tell";
}

Diagnosis diagnose(const Question& question, const Answers& answers, Time now) {
    Diagnosis diagnosis;
    diagnosis.now = now;
    diagnosis.question = question;
    diagnosis.answers = answers;
    if (question.code)
        diagnosis.code = meaning_of_code(*question.code);
    if (question.extended)
        diagnosis.extended = meaning_of_extended(*question.extended);
    diagnosis.claims = claims_about(question.code, question.extended);
    const EventView events(diagnosis.answers.events, now);
    diagnosis.decisions = walk(diagnosis.answers, events);
    const std::vector<Cause> all = causes();
    const OwnSide own_side = own_side_of(question, all);
    for (const Cause& cause : all)
        diagnosis.causes.push_back(weigh(cause, {question, diagnosis.answers, events, diagnosis.decisions, own_side}));
    std::stable_sort(diagnosis.causes.begin(), diagnosis.causes.end(), [](const RankedCause& a, const RankedCause& b) {
        return std::tuple(a.confidence, !a.beside, a.points) > std::tuple(b.confidence, !b.beside, b.points);
    });
    diagnosis.unread = unread_of(diagnosis.answers);
    diagnosis.notes = unexplained(diagnosis.answers, all);
    if (events.noise() > 0)
        diagnosis.notes.push_back(
            "left out as noise: " + std::to_string(events.noise()) +
            " events of connections that were refused or came to nothing, as on every host that strangers can reach. "
            "They say nothing about one user");
    for (std::string& gap : events.gaps())
        diagnosis.notes.push_back(std::move(gap));
    if (events.is_read() && !events.logs_tls_errors())
        diagnosis.notes.push_back(
            "Schannel is set to log no errors, or it could not be read whether it does: that there "
            "is no event of it proves nothing");
    if (question.at && events.is_read())
        diagnosis.notes.push_back("events are those " + events.when() +
                                  "; what the probes found is of now, and may have come or gone since");
    diagnosis.conclusion = conclude(diagnosis, events);
    diagnosis.verdict = verdict_of(diagnosis, events);
    diagnosis.next = next_steps(diagnosis, events);
    return diagnosis;
}

} // namespace rdpmedic::diagnosis
