// How are bytes written as hex, and read back?
#pragma once

#include "probes/facts.hpp"

#include <span>
#include <string_view>

namespace rdpmedic {

// Lower case, two digits a byte, nothing between them.
std::string to_hex(std::span<const std::uint8_t> bytes);
// The inverse; either case. malformed for an odd length or anything but hex digits.
Result<Bytes> from_hex(std::string_view text);

// A thumbprint as people paste it, as lower-case hex of 40 digits; empty when it is not one. Everything that is not a
// hex digit is dropped: text copied from the certificate dialog has blanks and begins with an invisible U+200E.
// https://learn.microsoft.com/troubleshoot/windows-server/remote/remote-desktop-listener-certificate-configurations
std::string clean_thumbprint(std::string_view text);

} // namespace rdpmedic
