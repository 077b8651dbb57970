// Which ports does netsh list as excluded?
#pragma once

#include "probes/facts/network.hpp"

#include <string_view>

namespace rdpmedic {

// The ranges in what "netsh interface ipv4 show excludedportrange" prints, in their order. Its words are localised, its
// numbers are not: a line counts when it begins with two port numbers, the first not above the second. An asterisk may
// follow, which marks a range that an administrator set:
// https://learn.microsoft.com/windows-server/administration/windows-commands/netsh-interface-ipv4
// MEM: the table has a ruler of dashes in every language; without one the answer is no table and malformed. Pure.
Result<std::vector<PortRange>> parse_excluded_ports(std::string_view output);

} // namespace rdpmedic
