// What speaks against a cause because a probe has looked and found nothing of it?
#include "probes/diagnosis/clearing.hpp"

#include "probes/diagnosis/event_evidence.hpp"
#include "probes/events_relations.hpp"

#include <algorithm>

namespace rdpmedic::diagnosis {
namespace {

// Why a clean probe does not clear the cause of what the client shows; empty where it does.
std::string_view limit_of_clearing(const Cause& cause, const Question& question) {
    for (const CodeSign& sign : cause.codes)
        if (is_shown(sign, question.code) && !sign.not_cleared.empty())
            return sign.not_cleared;
    for (const CodeSign& sign : cause.extended)
        if (is_shown(sign, question.extended) && !sign.not_cleared.empty())
            return sign.not_cleared;
    return {};
}

// Why what is well now does not clear the cause of what an event says of a client; empty where it does.
std::string_view limit_of_now(const RankedCause& ranked, const Scales& scales) {
    const Question& question = scales.question;
    const bool asked = question.code || question.extended || question.at;
    for (const EventSign& sign : ranked.cause.events) {
        const std::optional<Observation> seen = sign.absent ? std::nullopt : observe(sign, scales.events);
        if (!seen || seen->weight == Weight::hint)
            continue;
        // Which suites that client has, we cannot know; others that get in have theirs. Where nobody asks, it can have
        // been a scanner, which offers what it likes.
        const bool of_one_client = sign.kind == events::Kind::no_common_cipher;
        if (of_one_client && asked && scales.events.failed_client(sign.kind, false))
            return "of that client's own suites it says nothing";
        if (!of_one_client && scales.events.failed_client(sign.kind, true))
            return "TLS failed a client before, and none has come further since";
        if (question.at && !is_of_schannel(sign.kind))
            return "that is of now, and the event of then";
    }
    return {};
}

// A listener that does not let our own handshake through clears nothing.
bool gets_through(const std::vector<Finding>& handshake) {
    return std::none_of(handshake.begin(), handshake.end(), [](const Finding& one) {
        return one.severity == Severity::critical || one.code == "handshake.rdp_off" ||
               one.code == "handshake.third_party_stack";
    });
}

// Standard RDP security alone: neither the key nor a version of TLS was used.
bool is_answered_without_tls(const std::vector<Finding>& handshake) {
    return std::any_of(handshake.begin(), handshake.end(),
                       [](const Finding& one) { return one.code == "handshake.legacy_security"; });
}

} // namespace

void look_for_clearing(RankedCause& ranked, const Scales& scales, bool well_supported) {
    const auto found_by = [&](std::string_view probe) {
        const std::string prefix = "finding " + std::string(probe) + ".";
        return std::any_of(ranked.supports.begin(), ranked.supports.end(),
                           [&](const Observation& seen) { return seen.source.starts_with(prefix); });
    };
    for (const std::string_view probe : ranked.cause.cleared_by) {
        // What another probe has seen is not undone by one that has not.
        if (probe != "handshake" && well_supported)
            continue;
        if (reading_of(scales, probe) != Reading::whole || found_by(probe))
            continue;
        const auto& findings = *scales.answers.reports.find(probe)->second;
        const bool no_tls = is_answered_without_tls(findings);
        if (probe == "handshake" && (!gets_through(findings) || (no_tls && ranked.cause.of_tls)))
            continue;
        std::string limit(limit_of_now(ranked, scales));
        if (probe != "handshake" && limit.empty())
            limit = limit_of_clearing(ranked.cause, scales.question);
        const char* text = probe != "handshake" ? "was read, and found nothing of that"
                           : no_tls             ? "our own handshake is answered, without TLS"
                                                : "our own handshake gets through";
        Observation cleared{"probe " + std::string(probe), text, limit.empty() ? Weight::strong : Weight::hint, {}};
        if (!limit.empty())
            cleared.text += "; " + limit;
        ranked.opposes.push_back(std::move(cleared));
    }
}

} // namespace rdpmedic::diagnosis
