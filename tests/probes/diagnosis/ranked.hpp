// What does a diagnosis say of one cause? For tests of the ranking.
#pragma once

#include "tests/probes/diagnosis/answers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace rdpmedic::testing {

inline diagnosis::RankedCause cause_of(const diagnosis::Diagnosis& diagnosis, std::string_view id) {
    for (const diagnosis::RankedCause& ranked : diagnosis.causes)
        if (ranked.cause.id == id)
            return ranked;
    FAIL("no cause " << id);
    return diagnosis.causes.front();
}

inline bool has(const std::vector<diagnosis::Observation>& observations, std::string_view source) {
    return std::any_of(observations.begin(), observations.end(),
                       [&](const diagnosis::Observation& seen) { return seen.source == source; });
}

inline bool has(const std::vector<std::string>& texts, std::string_view part) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

} // namespace rdpmedic::testing
