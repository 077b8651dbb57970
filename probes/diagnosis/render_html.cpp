// How does a diagnosis look on paper? One page that needs nothing else.
#include "probes/diagnosis/render.hpp"

#include "probes/diagnosis/repair_options.hpp"
#include "probes/diagnosis/shown.hpp"
#include "probes/time_text.hpp"

#include <algorithm>
#include <iterator>

namespace rdpmedic::diagnosis {
namespace {

constexpr std::string_view style = R"(
body { font: 15px/1.45 system-ui, sans-serif; color: #1c1c1c; background: #fff; max-width: 60em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.5em; margin-bottom: 0 } h2 { font-size: 1.2em; border-bottom: 1px solid #bbb; margin-top: 1.8em }
h3 { font-size: 1em; margin-bottom: .2em } .quiet { color: #555 }
.verdict { border: 2px solid #1c1c1c; padding: .7em 1em; font-size: 1.1em }
.certain, .likely, .critical { color: #9b1c1c } .possible, .warning { color: #7a4b00 } .unlikely, .info { color: #555 }
.unknown { color: #3b3b8f } .pass { color: #1b5e20 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .3em .6em .3em 0; border-bottom: 1px solid #ddd }
ul { margin: .2em 0; padding-left: 1.3em } code { font-size: .92em; overflow-wrap: anywhere }
@media print { body { margin: 0; max-width: none; font-size: 11px } .cause, tr { break-inside: avoid } }
)";

std::string text_of(std::string_view text) { return escape_html(text); }

std::string tag(std::string_view name, const std::string& inner, std::string_view kind = {}) {
    const std::string opening =
        kind.empty() ? std::string(name) : std::string(name) + " class=\"" + std::string(kind) + "\"";
    return "<" + opening + ">" + inner + "</" + std::string(name) + ">";
}

std::string items(const std::vector<std::string>& lines) {
    std::string list;
    for (const std::string& line : lines)
        list += tag("li", text_of(line));
    return list.empty() ? list : tag("ul", list);
}

// Samples of events hold names of people; those who read the page have no use for them.
std::vector<std::string> of_events(const std::vector<std::string>& lines) {
    std::vector<std::string> left;
    std::transform(lines.begin(), lines.end(), std::back_inserter(left),
                   [](const std::string& line) { return without_names(line); });
    return left;
}

std::string meaning_of(const char* table, const std::optional<Meaning>& meaning) {
    if (!meaning)
        return {};
    std::string text = tag("b", std::string(table) + " " + to_hex(meaning->value)) + " (" +
                       std::to_string(meaning->value) + "): " + text_of(meaning->text) + "<br>" +
                       tag("span",
                           text_of((meaning->symbol.empty() ? "" : meaning->symbol + ", ") + name_of(meaning->known) +
                                   (meaning->source.empty() ? "" : ", " + meaning->source)),
                           "quiet");
    return tag("p", text) + items(meaning->notes) + "\n";
}

std::string observations_of(const char* title, const std::vector<Observation>& observations, std::size_t number,
                            Shown& shown) {
    std::string list;
    for (const Observation& seen : observations) {
        const std::optional<std::size_t> first = shown.first(seen, number);
        list += tag(
            "li", tag("code", text_of(name_of_source(seen))) + " (" + name_of(seen.weight) + "): " +
                      (first ? "see " + std::to_string(*first) : text_of(seen.text) + items(of_events(seen.details))));
    }
    return list.empty() ? list : tag("h3", title) + tag("ul", list);
}

std::string cause_of(const RankedCause& ranked, std::size_t number, Shown& shown) {
    const Cause& cause = ranked.cause;
    std::string text =
        tag("h3", std::to_string(number) + ". " + tag("span", name_of(ranked.confidence), name_of(ranked.confidence)) +
                      ": " + text_of(cause.title));
    text += tag("p",
                text_of(std::string(cause.id) + (cause.guide.empty() ? "" : ", " + std::string(cause.guide)) +
                        ", at the " + name_of(cause.place) + ". " + ranked.reason),
                "quiet");
    text += observations_of("For it", ranked.supports, number, shown) +
            observations_of("Against it", ranked.opposes, number, shown);
    if (!ranked.unread.empty())
        text += tag("h3", "Could not be read") + items(ranked.unread);
    if (!ranked.policies.empty())
        text += tag("h3", "Owned by Group Policy") + items(ranked.policies);
    if (!ranked.repair.empty())
        text += tag("p", tag("b", "Repair: ") + tag("code", text_of(command_of(ranked))));
    text += tag("p", tag("b", "What to do: ") + text_of(cause.advice));
    text += tag("p", tag("b", "What that cuts off: ") + text_of(cause.disruption));
    return tag("div", text, "cause") + "\n";
}

std::string causes_of(const Diagnosis& diagnosis) {
    std::string detailed, unlikely;
    std::size_t number = 0;
    Shown shown;
    for (const RankedCause& ranked : diagnosis.causes) {
        if (ranked.confidence != Confidence::unlikely)
            detailed += cause_of(ranked, ++number, shown);
        else
            unlikely += tag("tr", tag("td", text_of(ranked.cause.guide)) + tag("td", text_of(ranked.cause.title)) +
                                      tag("td", text_of(ranked.reason))) +
                        "\n";
    }
    if (detailed.empty())
        detailed = tag("p", "No cause is likely or possible.");
    return detailed + (unlikely.empty() ? "" : tag("h3", "Unlikely") + tag("table", unlikely));
}

std::string findings_of(const std::vector<Finding>& findings) {
    if (findings.empty())
        return tag("span", "nothing found", "pass");
    std::string list;
    for (const Finding& finding : findings)
        list += tag("li", tag("span", name_of(finding.severity), name_of(finding.severity)) + " " +
                              tag("code", text_of(finding.code)) + ": " + text_of(finding.text) +
                              items(of_events(finding.evidence)));
    return tag("ul", list);
}

std::string checklist_of(const Answers& answers) {
    std::string rows = tag("tr", tag("th", "Probe") + tag("th", "Question") + tag("th", "This host"));
    for (const auto& [probe, report] : answers.reports) {
        const auto question = answers.questions.find(probe);
        rows += tag("tr", tag("td", text_of(probe)) +
                              tag("td", question == answers.questions.end() ? "" : text_of(question->second)) +
                              tag("td", report ? findings_of(*report)
                                               : tag("span", "could not be read", "unknown") + ": " +
                                                     text_of(describe(report.error())))) +
                "\n";
    }
    return tag("table", rows);
}

std::string decisions_of(const std::vector<Step>& steps) {
    std::string list;
    for (const Step& step : steps) {
        const char* fits = step.fit == Fit::yes ? "fits" : step.fit == Fit::no ? "does not fit" : "cannot be told";
        const char* kind = step.fit == Fit::yes ? "likely" : step.fit == Fit::no ? "unlikely" : "unknown";
        std::string causes;
        for (const std::string& cause : step.causes)
            causes += (causes.empty() ? "" : ", ") + cause;
        list += tag("li", text_of(step.text) + " " + tag("b", fits, kind) + "<br>" +
                              tag("span", text_of("then look at: " + causes), "quiet")) +
                "\n";
    }
    return tag("ol", list);
}

std::string claims_of(const std::vector<Claim>& claims) {
    std::string rows;
    for (const Claim& claim : claims)
        rows += tag("tr", tag("td", text_of(claim.claim)) + tag("td", name_of(claim.verdict)) +
                              tag("td", text_of(claim.documentation))) +
                "\n";
    return rows.empty() ? rows : tag("h2", "What guides say, and what the documentation says") + tag("table", rows);
}

} // namespace

std::string escape_html(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '&':
            result += "&amp;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\'':
            result += "&#39;";
            break;
        default:
            result += (c >= 0 && c < ' ') || c == 127 ? ' ' : c;
        }
    }
    return result;
}

std::string to_html(const Diagnosis& diagnosis, std::string_view host, std::string_view version) {
    std::string body = tag("h1", text_of("Remote Desktop on " + std::string(host)));
    body += tag("p", text_of("rdpmedic " + std::string(version) + ", " + to_iso(diagnosis.now)), "quiet");
    body += tag("p",
                "This page names this host, addresses of clients, and users: those whose sessions are in the way, and "
                "members of groups of which it is in doubt whether they may log on. Users whom the event logs name are "
                "left out: rdpmedic diagnose shows them on the host.",
                "quiet");
    body += tag("p", text_of(diagnosis.verdict), "verdict") + "\n";
    if (!diagnosis.next.empty())
        body += tag("h2", "What to do next") + items(diagnosis.next);
    if (diagnosis.question.at)
        body += tag("p", "The client tried at " + to_iso(*diagnosis.question.at) + ".");
    if (diagnosis.code || diagnosis.extended)
        body += tag("h2", "What the client shows") + meaning_of("Error code", diagnosis.code) +
                meaning_of("Extended error code", diagnosis.extended);
    body += tag("h2", "Causes, the likeliest first") + causes_of(diagnosis);
    body += tag("h2", "Checklist") + checklist_of(diagnosis.answers);
    body += tag("h2", "Where the connection ends: the decision aid") + decisions_of(diagnosis.decisions);
    if (!diagnosis.unread.empty())
        body += tag("h2", "Could not be read") + items(diagnosis.unread);
    if (!diagnosis.notes.empty())
        body += tag("h2", "Beside that") + items(diagnosis.notes);
    body += claims_of(diagnosis.claims);
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
           "<meta name=\"viewport\" content=\"width=device-width\">" +
           tag("title", text_of("RDP diagnosis of " + std::string(host))) + tag("style", std::string(style)) +
           "</head>\n<body>" + body + "</body></html>\n";
}

} // namespace rdpmedic::diagnosis
