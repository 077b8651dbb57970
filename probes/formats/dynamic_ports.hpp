// What does `netsh interface ipv4 show dynamicport tcp` say, in whatever language?
#pragma once

#include "probes/facts/network.hpp"

#include <string_view>

namespace rdpmedic {

// Below a line of dashes stand two lines that end in a number: the first port and how many there are. Nothing else of
// the text is read, since it is in the language of Windows. malformed where the numbers are no range of ports;
// unsupported where the text has no such lines at all.
// https://learn.microsoft.com/troubleshoot/windows-server/networking/default-dynamic-port-range-tcpip-chang
Result<PortRange> parse_dynamic_ports(std::string_view text);

} // namespace rdpmedic
