// Do two texts differ in the case of their letters alone?
#include "probes/letter_case.hpp"

#include <algorithm>

namespace rdpmedic {

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        c = lower(c);
    return result;
}

bool contains_ignoring_case(std::string_view text, std::string_view part) noexcept {
    const auto same = [](char left, char right) { return lower(left) == lower(right); };
    return part.empty() || std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

} // namespace rdpmedic
