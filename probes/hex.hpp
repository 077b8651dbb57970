// How are bytes written for people?
#pragma once

#include "probes/facts.hpp"

#include <optional>
#include <string_view>

namespace rdpmedic {

// Lower case, two digits a byte, nothing between them.
std::string to_hex(const Bytes& bytes);
// The inverse; either case. Empty for an odd length or anything but hex digits.
std::optional<Bytes> from_hex(std::string_view text);

} // namespace rdpmedic
