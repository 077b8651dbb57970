// How do repairs and findings look to those who listen?
#pragma once

#include "agent/feed.hpp"
#include "agent/repair/repair_event.hpp"
#include "agent/watch/snapshot.hpp"

namespace rdpmedic {

// A finding that has come, gone, or become another severity.
struct Transition {
    enum class Kind { came, changed, gone };
    Kind kind = Kind::came;
    std::string probe;
    Finding finding; // as it is now; gone: as it was last
    Time at{};
};
const char* name_of(Transition::Kind kind) noexcept; // "came", "changed", "gone"

// From one snapshot to the next, of the probe that has reported. A finding is known by its code and subject. Pure.
std::vector<Transition> transitions(const Snapshot& before, const Snapshot& after, const std::string& probe);

// type "finding": change, probe, code, severity, text, time, and subject where there is one.
void publish(Feed& feed, const Transition& transition);
// type "step" for what happens to one step, else "job": event, job, repair, outcome, text, time, and step, undoes,
// caller where they are known.
void publish(Feed& feed, const RepairEvent& event, Time now);

} // namespace rdpmedic
