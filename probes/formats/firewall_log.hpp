// Which incoming packets has the Windows Firewall written down as dropped?
#pragma once

#include "probes/facts.hpp"

#include <string_view>

namespace rdpmedic::firewall {

// A packet of TCP or UDP that came in and was dropped.
struct DroppedPacket {
    Time at{}; // in the time of the log, written as if it were UTC
    std::uint8_t protocol = 0;
    std::string source;     // as written
    std::uint16_t port = 0; // that it was for
    // It may have begun a connection: datagrams, and TCP with the flag SYN alone or with flags that were not written.
    bool begins = false;
};

struct FirewallLog {
    bool local_time = true;  // or UTC, by "#Time Format"
    std::size_t lines = 0;   // that tell of a packet, of any kind
    std::size_t skipped = 0; // of these, lines that do not fit "#Fields"
    std::vector<DroppedPacket> drops;
};

// Fields go by their names in "#Fields", which each file begins with. A line that is cut at the end of the file, or
// where the tail begins, is left out. malformed, about `path`: packets without "#Fields", a field that is missing
// there, a time format that is not known, or no line that fits.
// https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/ff428145(v=ws.10)
Result<FirewallLog> parse_firewall_log(const FileEnds& ends, std::string_view path);

} // namespace rdpmedic::firewall
