// How does a diagnosis look on a terminal?
#include "probes/diagnosis/render.hpp"

#include "probes/diagnosis/repair_options.hpp"
#include "probes/diagnosis/shown.hpp"
#include "probes/time_text.hpp"

#include <algorithm>

namespace rdpmedic::diagnosis {
namespace {

constexpr std::size_t in_detail = 3;

// Evidence comes from the host: what would move the cursor or colour the terminal becomes a question mark.
std::string plain(std::string_view text) {
    std::string result(text);
    std::replace_if(
        result.begin(), result.end(), [](char c) { return (c >= 0 && c < ' ') || c == 127; }, '?');
    return result;
}

void line(std::string& text, std::size_t indent, std::string_view what) {
    text.append(indent, ' ').append(plain(what)).push_back('\n');
}

void labelled(std::string& text, std::string label, std::string_view what) {
    label.resize(std::max<std::size_t>(label.size() + 1, 10), ' ');
    line(text, 3, label + std::string(what));
}

void meaning(std::string& text, const char* table, const std::optional<Meaning>& meaning) {
    if (!meaning)
        return;
    line(text, 0,
         std::string(table) + to_hex(meaning->value) + " (" + std::to_string(meaning->value) + "): " + meaning->text);
    line(text, 3,
         (meaning->symbol.empty() ? "" : meaning->symbol + ", ") + name_of(meaning->known) +
             (meaning->source.empty() ? "" : ": " + meaning->source));
    for (const std::string& note : meaning->notes)
        line(text, 3, note);
}

std::string heading(const RankedCause& ranked) {
    std::string text = name_of(ranked.confidence);
    text.resize(10, ' ');
    text += std::string(ranked.cause.id) + ": " + std::string(ranked.cause.title);
    if (ranked.cause.place != Place::host)
        text += " [" + std::string(name_of(ranked.cause.place)) + "]";
    return text;
}

void observations(std::string& text, const char* label, const std::vector<Observation>& all, std::size_t number,
                  Shown& shown) {
    for (const Observation& seen : all) {
        const std::optional<std::size_t> first = shown.first(seen, number);
        labelled(text, label, name_of_source(seen) + ": " + (first ? "see " + std::to_string(*first) : seen.text));
        if (first)
            continue;
        for (const std::string& detail : seen.details)
            line(text, 17, detail);
    }
}

void detail(std::string& text, std::size_t number, const RankedCause& ranked, Shown& shown) {
    line(text, 0, std::to_string(number) + ". " + heading(ranked));
    observations(text, "for", ranked.supports, number, shown);
    observations(text, "against", ranked.opposes, number, shown);
    for (const std::string& probe : ranked.unread)
        labelled(text, "unread", probe);
    for (const std::string& policy : ranked.policies)
        labelled(text, "policy", policy);
    if (!ranked.repair.empty())
        labelled(text, "repair", command_of(ranked));
    labelled(text, ranked.repair.empty() ? "advice" : "that is", ranked.cause.advice);
    labelled(text, "cuts off", ranked.cause.disruption);
}

void list(std::string& text, const char* title, const std::vector<std::string>& lines) {
    if (lines.empty())
        return;
    text += "\n" + std::string(title) + "\n";
    for (const std::string& one : lines)
        line(text, 3, one);
}

} // namespace

std::string to_text(const Diagnosis& diagnosis) {
    std::string text;
    meaning(text, "error code ", diagnosis.code);
    meaning(text, "extended error code ", diagnosis.extended);
    if (diagnosis.question.at)
        line(text, 0, "the client tried at " + to_iso(*diagnosis.question.at));
    if (!text.empty())
        text += "\n";
    line(text, 0, diagnosis.verdict);
    list(text, "What to do next:", diagnosis.next);
    std::size_t number = 0;
    Shown shown;
    for (const RankedCause& ranked : diagnosis.causes) {
        if (ranked.confidence == Confidence::unlikely)
            break;
        text += number <= in_detail ? "\n" : "";
        if (number++ < in_detail)
            detail(text, number, ranked, shown);
        else
            line(text, 0, std::to_string(number) + ". " + heading(ranked));
    }
    list(text, "Could not be read:", diagnosis.unread);
    list(text, "Beside that:", diagnosis.notes);
    std::vector<std::string> said;
    for (const Claim& claim : diagnosis.claims)
        said.push_back(std::string(name_of(claim.verdict)) + ": " + std::string(claim.claim) + ". " +
                       std::string(claim.documentation));
    list(text, "What guides say, and what the documentation says:", said);
    return text;
}

} // namespace rdpmedic::diagnosis
