// What speaks for and against one cause, and how sure does that make?
#include "probes/diagnosis/weigh.hpp"

#include "probes/diagnosis/clearing.hpp"
#include "probes/diagnosis/event_evidence.hpp"
#include "probes/diagnosis/repair_options.hpp"
#include "probes/events_relations.hpp"

#include <algorithm>
#include <span>

namespace rdpmedic::diagnosis {
namespace {

// Ours. Hints together never outweigh one strong observation that nothing contradicts.
constexpr int proof_points = 100, strong_points = 40, hint_points = 10, most_hint_points = 30, decision_points = 20;

// What the probe of that code has found; nothing where it has not reported.
std::span<const Finding> findings_of(const Scales& scales, std::string_view code) {
    const auto report = scales.answers.reports.find(code.substr(0, code.find('.')));
    if (report == scales.answers.reports.end() || !report->second)
        return {};
    return *report->second;
}

bool is_of(const Finding& finding, std::string_view code, std::string_view subject) {
    return finding.code == code && (subject.empty() || finding.subject == subject) &&
           finding.severity != Severity::unknown;
}

const Finding* find(const Scales& scales, std::string_view code, Severity at_least, std::string_view subject = {}) {
    const Finding* worst = nullptr;
    for (const Finding& finding : findings_of(scales, code))
        if (is_of(finding, code, subject) && finding.severity >= at_least &&
            (worst == nullptr || finding.severity > worst->severity))
            worst = &finding;
    return worst;
}

// These probes make an info of all that they find while Remote Desktop is off: it is nobody's trouble then, and keeps
// users out as soon as somebody switches it on.
bool is_lowered(const Scales& scales, const Sign& sign, const Finding& finding) {
    const auto is_of = [&](std::string_view probe) { return sign.code.starts_with(probe); };
    return finding.severity == Severity::info && sign.weight == Weight::proof && !sign.choice &&
           (is_of("firewall.") || is_of("interference.") || is_of("listener.")) &&
           (find(scales, "termservice.rdp_off", Severity::info) || find(scales, "handshake.rdp_off", Severity::info));
}

Weight weight_of(const Sign& sign, const Finding& finding, bool lowered) {
    if (sign.choice)
        return sign.weight;
    if (lowered)
        return Weight::strong;
    if (finding.severity == Severity::info)
        return Weight::hint;
    return finding.severity == Severity::warning ? std::min(sign.weight, Weight::strong) : sign.weight;
}

// Another probe offers the repair of what it takes for the cause: a restart, where a product closes the port.
bool is_own(const Cause& cause, std::string_view code) {
    return std::find(cause.needs.begin(), cause.needs.end(), code.substr(0, code.find('.'))) != cause.needs.end();
}

// One sign can be of any subject, and another of one.
Observation* said_already(RankedCause& ranked, const Finding& finding) {
    const auto said = std::find_if(ranked.supports.begin(), ranked.supports.end(), [&](const Observation& observation) {
        return observation.source == "finding " + finding.code && observation.text == finding.text;
    });
    return said == ranked.supports.end() ? nullptr : &*said;
}

// Each finding that the repair is for has its say: the firewall has one for each profile, and of those only the public
// one needs an option.
void look_at_options(RankedCause& ranked, const Scales& scales) {
    if (ranked.repair.empty())
        return;
    for (const Sign& sign : ranked.cause.findings)
        for (const Finding& finding : findings_of(scales, sign.code)) {
            if (!is_of(finding, sign.code, sign.subject) || finding.repair != ranked.repair)
                continue;
            const std::string option(option_of(finding));
            if (!option.empty() &&
                std::find(ranked.options.begin(), ranked.options.end(), option) == ranked.options.end())
                ranked.options.push_back(option);
        }
}

void look_at_findings(RankedCause& ranked, const Scales& scales) {
    for (const Sign& sign : ranked.cause.findings) {
        const Finding* finding = find(scales, sign.code, Severity::info, sign.subject);
        if (finding == nullptr)
            continue;
        const bool lowered = is_lowered(scales, sign, *finding);
        ranked.behind_switch = ranked.behind_switch || lowered;
        const Weight weight = weight_of(sign, *finding, lowered);
        if (Observation* said = said_already(ranked, *finding))
            said->weight = std::max(said->weight, weight);
        else
            ranked.supports.push_back({"finding " + finding->code, finding->text, weight, finding->evidence});
        if (ranked.repair.empty() && sign.weight != Weight::hint && is_own(ranked.cause, sign.code))
            ranked.repair = finding->repair;
        if (!finding->policy.empty() &&
            std::find(ranked.policies.begin(), ranked.policies.end(), finding->policy) == ranked.policies.end())
            ranked.policies.push_back(finding->policy);
    }
    look_at_options(ranked, scales);
    for (const Sign& sign : ranked.cause.findings_against)
        if (const Finding* finding = find(scales, sign.code, Severity::info))
            ranked.opposes.push_back({"finding " + finding->code, finding->text, sign.weight, finding->evidence});
}

// A client that got through before the fault began does not speak against it.
bool is_later(const EventSign& against, const RankedCause& ranked, const EventView& events) {
    const events::Tally* later = events.tally(against.kind);
    if (later == nullptr)
        return false;
    for (const EventSign& sign : ranked.cause.events)
        if (const events::Tally* tally = sign.absent ? nullptr : events.tally(sign.kind))
            if (sign.weight != Weight::hint && tally->last >= later->last)
                return false;
    return true;
}

// The findings of the events probe carry the names of the kinds. They stand in where the logs cannot be read just now.
std::optional<Observation> remembered(const EventSign& sign, const Scales& scales) {
    const std::string code = "events." + std::string(events::name_of(sign.kind));
    const bool asked =
        !scales.events.is_read() && !scales.question.at && !sign.absent && sign.holds.empty() && !sign.of_loopback;
    const Finding* finding = asked ? find(scales, code, Severity::warning) : nullptr;
    if (finding == nullptr)
        return std::nullopt;
    return Observation{"finding " + code, finding->text, sign.weight, finding->evidence};
}

// A finding of more than a hint, of the probe that looks at the cause itself.
bool is_found_here(const RankedCause& ranked) {
    return std::any_of(ranked.supports.begin(), ranked.supports.end(), [&](const Observation& seen) {
        return seen.weight != Weight::hint && seen.source.starts_with("finding ") &&
               is_own(ranked.cause, std::string_view(seen.source).substr(8));
    });
}

// That TLS failed a client says little of one whose number names the cause, and where strangers come all the time.
Observation against(Observation seen, const EventSign& sign, const Cause& cause, const Scales& scales) {
    const auto names = [](const std::vector<CodeSign>& signs, std::optional<std::uint32_t> number) {
        return std::any_of(signs.begin(), signs.end(), [number](const CodeSign& one) {
            return one.weight != Weight::hint && is_shown(one, number);
        });
    };
    if (is_of_schannel(sign.kind) && (scales.events.noise() > 0 || names(cause.codes, scales.question.code) ||
                                      names(cause.extended, scales.question.extended)))
        seen.weight = Weight::hint;
    return seen;
}

void look_at_events(RankedCause& ranked, const Scales& scales) {
    for (const EventSign& sign : ranked.cause.events) {
        if (std::optional<Observation> seen = observe(sign, scales.events))
            ranked.supports.push_back(*std::move(seen));
        else if (std::optional<Observation> known = remembered(sign, scales))
            ranked.supports.push_back(*std::move(known));
    }
    for (const EventSign& sign : ranked.cause.events_against)
        if (is_later(sign, ranked, scales.events))
            if (std::optional<Observation> seen = observe(sign, scales.events))
                ranked.opposes.push_back(against(*std::move(seen), sign, ranked.cause, scales));
}

void look_at_code(std::vector<Observation>& supports, const std::vector<CodeSign>& signs,
                  std::optional<std::uint32_t> code, const Meaning& meaning, const char* table) {
    for (const CodeSign& sign : signs)
        if (is_shown(sign, code))
            supports.push_back({table + to_hex(*code), meaning.text, sign.weight, {}});
}

bool is_of_client(const Observation& seen) {
    return seen.source.starts_with("code ") || seen.source.starts_with("extended ");
}

// How many observations of each weight support a cause. The two numbers of one client are one observation, of the
// weight of the heavier, and none where both are hints: 0x904 fits almost everything.
struct Support {
    int proofs = 0, strong = 0, hints = 0;
};
Support support_of(const RankedCause& ranked) {
    Support support;
    Weight shown = Weight::hint;
    const auto add = [&support](Weight weight) {
        ++(weight == Weight::proof ? support.proofs : weight == Weight::strong ? support.strong : support.hints);
    };
    for (const Observation& seen : ranked.supports)
        if (is_of_client(seen))
            shown = std::max(shown, seen.weight);
        else
            add(seen.weight);
    if (shown != Weight::hint)
        add(shown);
    return support;
}

bool is_well_supported(const RankedCause& ranked) {
    const Support support = support_of(ranked);
    return support.proofs > 0 || support.strong > 1;
}

int points_of(Weight weight) {
    switch (weight) {
    case Weight::hint:
        return hint_points;
    case Weight::strong:
        return strong_points;
    case Weight::proof:
        return proof_points;
    }
    return 0;
}

int points_of(const std::vector<Observation>& observations) {
    int hints = 0, points = 0;
    for (const Observation& seen : observations)
        if (!seen.source.starts_with("decision "))
            (seen.weight == Weight::hint ? hints : points) += points_of(seen.weight);
    return points + std::min(hints, most_hint_points);
}

// The rows of the decision aid that fit; those that name the cause first count more.
int look_at_decisions(RankedCause& ranked, const std::vector<Step>& decisions) {
    int points = 0;
    for (const Step& step : decisions) {
        const auto place = std::find(step.causes.begin(), step.causes.end(), ranked.cause.id);
        if (step.fit != Fit::yes || place == step.causes.end())
            continue;
        ranked.supports.push_back({"decision " + std::to_string(step.row), step.text, Weight::hint, {}});
        points += decision_points - 2 * static_cast<int>(place - step.causes.begin());
    }
    return points;
}

// Where nobody shows a code, hints make nothing possible either: sessions end and clients hang up on healthy hosts too.
Confidence confidence_of(const RankedCause& ranked, bool somebody_asked) {
    const auto [proofs, strong, others] = support_of(ranked);
    int opposed = 0, refuted = 0;
    for (const Observation& seen : ranked.opposes) {
        opposed += seen.weight == Weight::hint ? 0 : 1;
        refuted += seen.weight == Weight::proof ? 1 : 0;
    }
    const bool agreed = proofs + strong + others > 1;
    int level = strong > 0 ? (agreed ? 2 : 1) : others > 0 && somebody_asked ? 1 : 0;
    level = refuted > 0 ? 0 : level - (opposed > 0 && level > 0 ? 1 : 0);
    if (proofs > 0) // what a probe has seen is there; how it goes together with what speaks against it, is open
        level = opposed > 1 ? 1 : agreed && opposed == 0 && ranked.unread.empty() ? 3 : 2;
    return static_cast<Confidence>(level);
}

// Its own probe has looked and found nothing, which does not clear what the number of the client says: that number and
// hints are all there is.
bool rests_on_number(const RankedCause& ranked) {
    const bool clean = std::any_of(ranked.opposes.begin(), ranked.opposes.end(), [](const Observation& seen) {
        return seen.weight == Weight::hint && seen.source.starts_with("probe ");
    });
    const bool shown_here = std::any_of(ranked.supports.begin(), ranked.supports.end(), [](const Observation& seen) {
        return seen.weight != Weight::hint && !is_of_client(seen);
    });
    return clean && !shown_here && !is_well_supported(ranked);
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    return text;
}

// Whether the logs were read that would show what speaks for the cause and against it.
bool is_logged(const Cause& cause, const EventView& events) {
    const auto is_read = [&events](const EventSign& sign) { return events.is_read(sign.kind); };
    return std::all_of(cause.events.begin(), cause.events.end(), is_read) &&
           std::all_of(cause.events_against.begin(), cause.events_against.end(), is_read);
}

std::string reason_of(const RankedCause& ranked) {
    std::vector<std::string> heavy, light, against;
    for (const Observation& seen : ranked.supports)
        (seen.weight == Weight::hint ? light : heavy).push_back(name_of_source(seen));
    for (const Observation& seen : ranked.opposes)
        against.push_back(name_of_source(seen));
    std::string text = !heavy.empty()   ? listed(heavy) + (heavy.size() == 1 ? " says so" : " say so")
                       : !light.empty() ? "only hints: " + listed(light)
                                        : "nothing speaks for it";
    if (!against.empty())
        text += "; against it: " + listed(against);
    if (!ranked.unread.empty())
        text += "; could not be read: " + listed(ranked.unread);
    return text;
}

} // namespace

std::string name_of_source(const Observation& seen) {
    constexpr std::string_view decision = "decision ";
    if (!seen.source.starts_with(decision))
        return seen.source;
    return "step " + seen.source.substr(decision.size()) + " of the decision aid";
}

Reading reading_of(const Scales& scales, std::string_view probe) {
    if (probe == "events")
        return scales.events.is_read() ? Reading::whole : Reading::none;
    const auto report = scales.answers.reports.find(probe);
    if (report == scales.answers.reports.end() || !report->second)
        return Reading::none;
    const auto unknown = [](const Finding& finding) { return finding.severity == Severity::unknown; };
    return std::any_of(report->second->begin(), report->second->end(), unknown) ? Reading::in_part : Reading::whole;
}

RankedCause weigh(Cause cause, const Scales& scales) {
    RankedCause ranked;
    ranked.cause = std::move(cause);
    look_at_findings(ranked, scales);
    look_at_events(ranked, scales);
    if (scales.question.code)
        look_at_code(ranked.supports, ranked.cause.codes, scales.question.code, meaning_of_code(*scales.question.code),
                     "code ");
    if (scales.question.extended)
        look_at_code(ranked.supports, ranked.cause.extended, scales.question.extended,
                     meaning_of_extended(*scales.question.extended), "extended ");
    look_at_contact(ranked, scales.question);
    if (ranked.cause.here_when_found && is_found_here(ranked))
        ranked.cause.place = Place::host;
    look_for_clearing(ranked, scales, is_well_supported(ranked));
    for (const std::string_view probe : ranked.cause.needs)
        if (reading_of(scales, probe) != Reading::whole ||
            (probe == "events" && !is_logged(ranked.cause, scales.events)))
            ranked.unread.emplace_back(probe);
    const int decided = look_at_decisions(ranked, scales.decisions);
    ranked.confidence = confidence_of(ranked, scales.question.code || scales.question.extended);
    if (ranked.confidence == Confidence::likely && rests_on_number(ranked))
        ranked.confidence = Confidence::possible;
    set_aside(ranked, scales.question, scales.own_side);
    const auto steps = std::count_if(ranked.supports.begin(), ranked.supports.end(),
                                     [](const Observation& seen) { return seen.source.starts_with("decision "); });
    const int weighed = points_of(ranked.supports) - points_of(ranked.opposes);
    ranked.points = weighed + decided;
    ranked.evidence = weighed + decision_points * static_cast<int>(steps);
    ranked.reason = reason_of(ranked);
    return ranked;
}

} // namespace rdpmedic::diagnosis
