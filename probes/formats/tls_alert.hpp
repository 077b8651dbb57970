// What does the number of a TLS alert mean, and what do Windows clients make of it?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rdpmedic {

// "handshake_failure"; "unknown alert 200" for a number that is not assigned. RFC 8446 section 6, RFC 5246 section 7.2.
std::string alert_name(std::uint8_t alert);

struct SchannelError {
    std::string_view name; // "SEC_E_ILLEGAL_MESSAGE"
    std::uint32_t code;    // 0x80090326
};

// The error that Schannel, and so mstsc, reports when it receives that fatal alert. Every number has one: the page
// gives a default for those that it does not list.
// https://learn.microsoft.com/windows/win32/secauthn/schannel-error-codes-for-tls-and-ssl-alerts
SchannelError schannel_error(std::uint8_t alert);

// "SEC_E_ILLEGAL_MESSAGE (0x80090326)".
std::string describe(const SchannelError& error);

} // namespace rdpmedic
