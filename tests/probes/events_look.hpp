// What does a look at the event logs of a made-up host say? For tests of the events probe.
#pragma once

#include "tests/probes/event_log.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing {

using std::chrono::minutes;
using std::chrono::seconds;

inline JudgeContext context_of(const FakeHost& host, Notebook* notes = nullptr) {
    JudgeContext context;
    context.now = host.time;
    context.notes = notes;
    return context;
}

inline events::Facts look(const LogHost& host, Notebook* notes = nullptr, const std::vector<OwnHandshake>& own = {}) {
    OwnHandshakes list;
    for (const OwnHandshake& handshake : own)
        list.add(handshake);
    const auto facts = events::collect(host, context_of(host, notes), &list);
    REQUIRE(facts.has_value());
    return *facts;
}

using Codes = std::vector<std::string>;

inline Codes codes(const events::Facts& facts) {
    Codes result;
    for (const Finding& finding : events::judge(facts, JudgeContext{}))
        result.push_back(finding.code + " " + name_of(finding.severity));
    return result;
}

using Counts = std::map<std::string, std::uint32_t>;

inline Counts counts(const events::Facts& facts) {
    Counts result;
    for (const auto& [kind, tally] : facts.seen)
        result[events::name_of(kind)] = tally.count;
    return result;
}

} // namespace rdpmedic::testing
