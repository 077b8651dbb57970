// Which addresses does a hosts file give to which names?
#pragma once

#include "probes/formats/ip_address.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rdpmedic {

struct HostsEntry {
    IpAddress address;
    std::string address_text; // as written
    std::string name;         // as plain_name gives it
    std::size_t line = 0;     // from 1
};

// Every name of every line, in order. A line is an address and names between blanks; '#' begins a comment. Lines that
// begin with something else say nothing to Windows either, and are left out.
std::vector<HostsEntry> parse_hosts_file(std::string_view text);

} // namespace rdpmedic
