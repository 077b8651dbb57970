// What does the number of the client say about how far it came, and which causes does that leave?
#include "probes/diagnosis/contact.hpp"

#include <algorithm>

namespace rdpmedic::diagnosis {
namespace {

std::string numbers_of(const Question& question) {
    return (question.code ? "code " + to_hex(*question.code) : std::string()) +
           (question.code && question.extended ? ", " : "") +
           (question.extended ? "extended " + to_hex(*question.extended) : std::string());
}

bool is_listed(const std::vector<CodeSign>& signs, std::optional<std::uint32_t> number) {
    return std::any_of(signs.begin(), signs.end(), [&](const CodeSign& sign) { return is_shown(sign, number); });
}

bool proves(const std::vector<CodeSign>& signs, std::optional<std::uint32_t> number) {
    return std::any_of(signs.begin(), signs.end(),
                       [&](const CodeSign& sign) { return sign.weight == Weight::proof && is_shown(sign, number); });
}

// Whatever an earlier client got, what a probe has proven or our own handshake meets now is here: it stays likely, and
// is not certain.
Weight against_an_answer(const RankedCause& ranked) {
    bool proven = false, ours = false;
    for (const Observation& seen : ranked.supports) {
        proven = proven || seen.weight == Weight::proof;
        ours = ours || (seen.weight != Weight::hint && seen.source.starts_with("finding handshake."));
    }
    return proven ? Weight::strong : ours ? Weight::hint : Weight::proof;
}

// Why the cause cannot have led to the number; empty where it can.
std::string_view why_not(const Cause& cause, const Question& question, const OwnSide& own_side) {
    constexpr std::string_view at_client = "that is at the client's side, and this cause does not lead to it";
    const Contact contact = contact_of(question.code, question.extended);
    if (own_side.extended && !is_listed(cause.extended, question.extended))
        return at_client;
    if (contact == Contact::made || is_listed(cause.codes, question.code))
        return {};
    if (own_side.code)
        return at_client;
    if (contact == Contact::none && !cause.before_contact && !cause.any_stage)
        return "the client had no connection, and this cause shows only when there is one";
    return {};
}

} // namespace

bool is_shown(const CodeSign& sign, std::optional<std::uint32_t> number) {
    return number && sign.first <= *number && *number <= sign.last;
}

OwnSide own_side_of(const Question& question, const std::vector<Cause>& all) {
    OwnSide own;
    for (const Cause& cause : all) {
        own.code = own.code || proves(cause.codes, question.code);
        own.extended = own.extended || proves(cause.extended, question.extended);
    }
    return own;
}

void look_at_contact(RankedCause& ranked, const Question& question) {
    if (!ranked.cause.before_contact)
        return;
    const Contact contact = contact_of(question.code, question.extended);
    if (contact == Contact::made)
        ranked.opposes.push_back(
            {numbers_of(question), "the client had an answer when it gave up", against_an_answer(ranked), {}});
    if (contact == Contact::none)
        for (Observation& seen : ranked.opposes)
            if (seen.source == "event arrival") {
                seen.weight = Weight::hint;
                seen.text += "; this client had no connection, so it was another";
            }
}

void set_aside(RankedCause& ranked, const Question& question, const OwnSide& own_side) {
    const std::string_view why = why_not(ranked.cause, question, own_side);
    if (why.empty())
        return;
    ranked.opposes.push_back({numbers_of(question), std::string(why), Weight::strong, {}});
    ranked.beside = ranked.confidence >= Confidence::likely;
    ranked.confidence = ranked.beside ? Confidence::possible : Confidence::unlikely;
}

} // namespace rdpmedic::diagnosis
