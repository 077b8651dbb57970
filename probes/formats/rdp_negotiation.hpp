// What do an RDP client and a host say before TLS? The X.224 connection request and what can come back. Pure: bytes in,
// values out, nothing here throws on foreign bytes.
//
// https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/18a27ef9-6f9a-4501-b000-94b1fe3c2c10 (request)
// https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/13757f8f-66db-4273-9d2c-385c33b1e483 (confirm)
#pragma once

#include "probes/facts.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace rdpmedic::rdp_negotiation {

// requestedProtocols and selectedProtocol.
// https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/902b090b-9cb3-4efc-92bf-ee13373371e3
inline constexpr std::uint32_t protocol_rdp = 0, protocol_ssl = 1, protocol_hybrid = 2, protocol_rdstls = 4,
                               protocol_hybrid_ex = 8, protocol_rdsaad = 16;

// The bytes of a connection request that offers `protocols`. `cookie` becomes "Cookie: mstshash=<cookie>", by which a
// packet capture shows who asks; empty is no cookie. Characters other than letters, digits, '-' and '_' are dropped
// and the rest is cut to 32, so that the length always fits its one byte.
Bytes connection_request(std::uint32_t protocols, std::string_view cookie = "rdpmedic");

// Not enough bytes to tell yet; `total` is the length that the peer announced, 0 before it has.
struct NeedMore {
    std::size_t total = 0;
};
// RDP_NEG_RSP.
struct Response {
    std::uint8_t flags = 0;
    std::uint32_t selected = 0;
};
// RDP_NEG_FAILURE.
struct Failure {
    std::uint32_t code = 0;
};
// A confirm without negotiation data: the host knows only standard RDP security.
struct Legacy {};
// The first bytes are not a TPKT header: another protocol owns the port. `reason` names it where it is known.
struct NotRdp {
    std::string reason;
};
// A TPKT, but not a connection confirm that can be relied on.
struct Malformed {
    std::string reason;
};
// An X.224 disconnect request or error: the peer speaks the transport of RDP and takes no connection. `reason` says
// which, with the number that the peer gave (ITU-T X.224, the TPDUs DR and ER).
struct Refused {
    std::string reason;
};
using Reply = std::variant<NeedMore, Response, Failure, Legacy, NotRdp, Malformed, Refused>;

// What the bytes so far say. Ask again with more after NeedMore; every other answer is final. NeedMore never asks for
// more than 259 bytes in all: a longer announcement is malformed at once.
Reply parse_reply(std::span<const std::uint8_t> bytes);

// "TLS with NLA (CredSSP)"; "unknown protocol 0x20" for a number that is not documented.
std::string protocol_name(std::uint32_t selected);
// "SSL_CERT_NOT_ON_SERVER"; "unknown failure code 7" for a number that is not documented.
// https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/1b3920e7-0116-4345-bc45-f2c4ad012761
std::string failure_name(std::uint32_t code);
// The flags of RDP_NEG_RSP by name, for people; bits that are not documented are shown as numbers.
// https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/b2975bdc-6d56-49ee-9c57-f2ff3a0b6817
std::vector<std::string> flag_names(std::uint8_t flags);

} // namespace rdpmedic::rdp_negotiation
