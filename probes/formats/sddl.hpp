// How is a security descriptor written as text?
#pragma once

#include "probes/formats/security_descriptor.hpp"

namespace rdpmedic {

// Owner, group and DACL of SDDL. Refused as malformed, with the place: a SACL, conditions, object types, and account
// aliases that mean something else on each machine.
// https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format
Result<SecurityDescriptor> parse_sddl(std::string_view text);

// For people and evidence: "O:SYG:SYD:PAI(A;;0x1f01ff;;;SY)". Entries of other types show as "(type 17)".
std::string to_sddl(const SecurityDescriptor& descriptor);

// A mask of rights as SDDL writes it: "0x120089".
std::string rights_text(std::uint32_t mask);

} // namespace rdpmedic
