// How do tests make changes on this machine, and look at what came of it?
#pragma once

#include "agent/windows/windows_control.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing {

// What would bring back what is there now; fails the test where that is an error.
inline Change captured(const Change& change) {
    const auto inverse = make_windows_control()->capture(change);
    if (!inverse)
        FAIL(describe(inverse.error()));
    return *inverse;
}

inline void apply(const Change& change) {
    const auto made = make_windows_control()->apply(change);
    if (!made)
        FAIL(describe(made.error()));
}

// Makes `change`, gives the inverse.
inline Change make(const Change& change) {
    const Change inverse = captured(change);
    apply(change);
    return inverse;
}

// The error of a change that must be refused before anything is made, and of one that must fail.
inline Error refused(const Change& change) {
    const auto inverse = make_windows_control()->capture(change);
    if (inverse)
        FAIL("not refused: " << describe(change));
    return inverse.error();
}

inline Error failed(const Change& change) {
    const auto made = make_windows_control()->apply(change);
    if (made)
        FAIL("did not fail: " << describe(change));
    return made.error();
}

inline std::string text_of(const Error& error) { return describe(error); }

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace rdpmedic::testing
