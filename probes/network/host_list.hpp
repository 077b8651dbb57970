// Which hosts does a list name?
#pragma once

#include "probes/facts.hpp"

#include <string_view>
#include <vector>

namespace rdpmedic::handshake {

// One HOST, HOST:PORT or [IPV6]:PORT a line; '#' begins a comment, blank lines do not count. UTF-8, or little-endian
// UTF-16 with its mark, as Windows PowerShell writes. Hosts that are named twice are kept once, where they stand
// first; names do not differ by case. malformed names the first line that is none: "hosts.txt:3: ...", with `name` for
// the file. A list without any host is malformed too. Pure.
Result<std::vector<Endpoint>> parse_host_list(std::string_view text, const std::string& name);

} // namespace rdpmedic::handshake
