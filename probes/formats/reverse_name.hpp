// Under which name does the DNS keep the names of an address?
#pragma once

#include "probes/result.hpp"

#include <string>
#include <string_view>

namespace rdpmedic {

// "10.2.0.192.in-addr.arpa" for 192.0.2.10, nibbles below ip6.arpa for IPv6 (RFC 1035, RFC 3596). malformed: no IP
// address. A zone index ("%12") says nothing to a server and is left out.
Result<std::string> reverse_name(std::string_view address);

} // namespace rdpmedic
