// What do the events of one kind say about a cause, in words?
#include "probes/diagnosis/event_evidence.hpp"

#include "probes/time_text.hpp"

#include <algorithm>

namespace rdpmedic::diagnosis {
namespace {

std::string times(std::uint32_t count) { return count == 1 ? "once" : std::to_string(count) + " times"; }

// Why it speaks for a cause that there is none of a kind.
std::string meaning_of_absence(events::Kind kind) {
    switch (kind) {
    case events::Kind::arrival:
        return ": no client has come that far";
    case events::Kind::bad_credentials:
        return ": no name or password was refused, as where clients give up before they send one";
    default:
        return {};
    }
}

// "once, at ...", "3 times, the last at ...".
std::string counted(const events::Tally& tally) {
    return times(tally.count) + (tally.count == 1 ? ", at " : ", the last at ") + to_iso(tally.last);
}

std::string counted_of_loopback(const events::Tally& tally) {
    if (tally.of_loopback == tally.count)
        return counted(tally) + (tally.count == 1 ? ", from this host itself" : ", all from this host itself");
    return times(tally.of_loopback) + " from this host itself, of " + counted(tally);
}

} // namespace

std::optional<Observation> observe(const EventSign& sign, const EventView& events) {
    const std::string source = "event " + std::string(events::name_of(sign.kind));
    if (sign.absent) {
        const std::optional<bool> seen = events.is_seen(sign.kind);
        if (!seen || *seen)
            return std::nullopt;
        return Observation{source, "none " + events.when() + meaning_of_absence(sign.kind), sign.weight, {}};
    }
    const std::uint32_t ours = events.ours(sign.kind);
    const events::Tally* tally = events.tally(sign.kind);
    if (tally == nullptr && (ours == 0 || !sign.holds.empty() || sign.of_loopback))
        return std::nullopt;
    if (tally == nullptr)
        return Observation{source, times(ours) + ", caused by our own handshake", sign.weight, {}};
    const auto holds = [&](const std::string& sample) { return sample.find(sign.holds) != std::string::npos; };
    if (!sign.holds.empty() && std::none_of(tally->samples.begin(), tally->samples.end(), holds))
        return std::nullopt;
    if (sign.of_loopback && tally->of_loopback == 0)
        return std::nullopt;
    Observation seen{source, sign.of_loopback ? counted_of_loopback(*tally) : counted(*tally), sign.weight,
                     tally->samples};
    if (!events.is_of_rdp(sign.kind)) {
        seen.weight = Weight::hint;
        seen.text += "; none of them with a client of RDP, so they can be of another service";
    }
    return seen;
}

} // namespace rdpmedic::diagnosis
