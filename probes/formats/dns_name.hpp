// How are names of the DNS written and compared?
#pragma once

#include "probes/result.hpp"

#include <string>
#include <string_view>

namespace rdpmedic {

// "HOST.Example.local." as "host.example.local": names compare without case, and the last dot is the root's.
std::string plain_name(std::string_view name);
// Whether the name lies below the domain: "a.b.c" below "b.c", not "ab.c" and not "b.c" itself.
bool is_below(std::string_view name, std::string_view domain);
// "10.2.0.192.in-addr.arpa" for 192.0.2.10, nibbles below ip6.arpa for IPv6 (RFC 1035, RFC 3596). malformed: no IP
// address. A zone index ("%12") says nothing to a server and is left out.
Result<std::string> reverse_name(std::string_view address);

} // namespace rdpmedic
