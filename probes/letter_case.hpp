// Do two texts differ in the case of their letters alone? ASCII only: other letters have to be spelt alike.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rdpmedic {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
std::string lower(std::string_view text);

// Windows compares names of keys, values, services, accounts and files so.
constexpr bool same_ignoring_case(std::string_view left, std::string_view right) noexcept {
    if (left.size() != right.size())
        return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (lower(left[i]) != lower(right[i]))
            return false;
    return true;
}
constexpr bool begins_ignoring_case(std::string_view text, std::string_view start) noexcept {
    return same_ignoring_case(text.substr(0, start.size()), start);
}
// An empty part is in every text.
bool contains_ignoring_case(std::string_view text, std::string_view part) noexcept;

} // namespace rdpmedic
