// Who is a security identifier, as text and as bytes?
#pragma once

#include "probes/facts.hpp"

#include <span>
#include <string_view>

namespace rdpmedic {

// Security identifiers travel as text, "S-1-5-18": canonical, so that equal accounts are equal strings.
namespace sids {
inline constexpr std::string_view everyone = "S-1-1-0";
inline constexpr std::string_view system = "S-1-5-18";
inline constexpr std::string_view network_service = "S-1-5-20";
inline constexpr std::string_view administrators = "S-1-5-32-544";
} // namespace sids

// One SID at the start of `bytes`, as text; what follows it is ignored, sid_size() says where it ends. malformed: too
// short, another revision, or more than 15 sub-authorities.
// https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-sid
Result<std::string> sid_from_bytes(std::span<const std::uint8_t> bytes);
// Bytes that the SID at the start of `bytes` takes; 0 where there is none.
std::size_t sid_size(std::span<const std::uint8_t> bytes);

// "S-1-5-18", in any case, authority in decimal or as 0x with twelve digits; malformed otherwise.
Result<Bytes> sid_to_bytes(std::string_view text);

// The identity of a service, which Windows puts into the token of its process. Windows makes it from the name alone, in
// a way that is not documented; the tests compare with identities that are known.
// https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_sid_info
std::string service_sid(std::string_view service_name);

} // namespace rdpmedic
