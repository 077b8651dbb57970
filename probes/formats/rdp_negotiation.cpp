// What do an RDP client and a host say before TLS?
#include "probes/formats/rdp_negotiation.hpp"

#include <cstdio>
#include <cstring>

namespace rdpmedic::rdp_negotiation {
namespace {

constexpr std::size_t tpkt_size = 4, confirm_size = 11, negotiation_size = 8;
// A TPKT with an X.224 type and at least one byte more: T.123 section 8.
constexpr std::size_t shortest = 7;
// The X.224 length indicator is one byte of at most 254 and does not count itself: no longer answer can be right.
constexpr std::size_t longest = tpkt_size + 1 + 254;

std::string hex(std::uint32_t value) {
    char text[16];
    std::snprintf(text, sizeof text, "0x%02X", static_cast<unsigned>(value));
    return text;
}

bool starts_with(std::span<const std::uint8_t> bytes, std::string_view text) {
    return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

std::string guess_protocol(std::span<const std::uint8_t> bytes) {
    if (starts_with(bytes, "HTTP/") || starts_with(bytes, "<"))
        return "the answer looks like HTTP";
    if (starts_with(bytes, "SSH-"))
        return "the answer looks like SSH";
    if (starts_with(bytes, "RFB "))
        return "the answer looks like VNC";
    if (starts_with(bytes, "220"))
        return "the answer looks like FTP or SMTP";
    if (starts_with(bytes, "\x15\x03"))
        return "the answer is a TLS alert: a TLS server owns the port";
    if (starts_with(bytes, "\x16\x03"))
        return "the answer is a TLS handshake: a TLS server owns the port";
    return "the first byte is " + hex(bytes[0]) + ", a TPKT begins with 0x03";
}

std::uint32_t little_endian(std::span<const std::uint8_t> bytes) {
    return bytes[0] | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[3]} << 24;
}

Reply parse_negotiation(std::span<const std::uint8_t> data) {
    if (const std::size_t length = data[2] | std::size_t{data[3]} << 8; length != negotiation_size)
        return Malformed{"the negotiation data announces " + std::to_string(length) + " bytes, it must be 8"};
    switch (data[0]) {
    case 2:
        return Response{data[1], little_endian(data.subspan(4))};
    case 3:
        return Failure{little_endian(data.subspan(4))};
    }
    return Malformed{"negotiation data of type " + hex(data[0]) + ", neither a response (2) nor a failure (3)"};
}

// " with reason 1", or nothing where the packet ends before it.
std::string reason_at(std::span<const std::uint8_t> packet, std::size_t at, std::string_view word) {
    return packet.size() > at ? " with " + std::string(word) + " " + std::to_string(packet[at]) : "";
}

// `packet` is as long as its TPKT header says and has at least its X.224 type.
Reply parse_packet(std::span<const std::uint8_t> packet) {
    switch (packet[5] & 0xF0) { // the low half of a connection confirm carries the credit
    case 0xD0:
        break;
    case 0x80:
        return Refused{"the peer sent an X.224 disconnect request" + reason_at(packet, 10, "reason")};
    case 0x70:
        return Refused{"the peer sent an X.224 error" + reason_at(packet, 8, "cause")};
    default:
        return Malformed{"X.224 packet of type " + hex(packet[5]) + ", a connection confirm is 0xD0"};
    }
    if (packet.size() == confirm_size)
        return Legacy{};
    if (packet.size() != confirm_size + negotiation_size)
        return Malformed{"a connection confirm of " + std::to_string(packet.size()) + " bytes, it must be 11 or 19"};
    return parse_negotiation(packet.subspan(confirm_size));
}

} // namespace

Bytes connection_request(std::uint32_t protocols, std::string_view cookie) {
    std::string name;
    for (const char c : cookie)
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_')
            name += c;
    const std::string line = name.empty() ? "" : "Cookie: mstshash=" + name.substr(0, 32) + "\r\n";
    const std::size_t total = confirm_size + line.size() + negotiation_size;
    Bytes bytes{3, 0, 0, static_cast<std::uint8_t>(total), static_cast<std::uint8_t>(total - tpkt_size - 1), 0xE0, 0, 0,
                0, 0, 0};
    bytes.insert(bytes.end(), line.begin(), line.end());
    bytes.insert(bytes.end(), {1, 0, negotiation_size, 0});
    for (int shift = 0; shift < 32; shift += 8)
        bytes.push_back(static_cast<std::uint8_t>(protocols >> shift));
    return bytes;
}

Reply parse_reply(std::span<const std::uint8_t> bytes) {
    if (bytes.empty())
        return NeedMore{};
    if (bytes[0] != 3)
        return NotRdp{guess_protocol(bytes)};
    if (bytes.size() < tpkt_size)
        return NeedMore{};
    const std::size_t total = std::size_t{bytes[2]} << 8 | bytes[3];
    if (total < shortest || total > longest)
        return Malformed{"TPKT length " + std::to_string(total) + ", an X.224 answer has 7 to 259 bytes"};
    if (bytes.size() > tpkt_size && bytes[4] + std::size_t{5} != total)
        return Malformed{"X.224 length " + std::to_string(bytes[4]) + " does not fit TPKT length " +
                         std::to_string(total)};
    if (bytes.size() < total)
        return NeedMore{total};
    if (bytes.size() > total)
        return Malformed{std::to_string(bytes.size() - total) + " more bytes follow the answer"};
    return parse_packet(bytes);
}

std::string protocol_name(std::uint32_t selected) {
    switch (selected) {
    case protocol_rdp:
        return "standard RDP security";
    case protocol_ssl:
        return "TLS without NLA";
    case protocol_hybrid:
        return "TLS with NLA (CredSSP)";
    case protocol_rdstls:
        return "RDSTLS";
    case protocol_hybrid_ex:
        return "TLS with NLA (CredSSP, early user authorization)";
    case protocol_rdsaad:
        return "RDS AAD";
    }
    return "unknown protocol " + hex(selected);
}

std::string failure_name(std::uint32_t code) {
    switch (code) {
    case 1:
        return "SSL_REQUIRED_BY_SERVER";
    case 2:
        return "SSL_NOT_ALLOWED_BY_SERVER";
    case 3:
        return "SSL_CERT_NOT_ON_SERVER";
    case 4:
        return "INCONSISTENT_FLAGS";
    case 5:
        return "HYBRID_REQUIRED_BY_SERVER";
    case 6:
        return "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER";
    }
    return "unknown failure code " + std::to_string(code);
}

std::vector<std::string> flag_names(std::uint8_t flags) {
    std::vector<std::string> names;
    for (std::uint32_t bit = 1; bit <= 0x80; bit <<= 1) {
        if ((flags & bit) == 0)
            continue;
        switch (bit) {
        case 0x01:
            names.emplace_back("extended client data");
            break;
        case 0x02:
            names.emplace_back("graphics pipeline");
            break;
        case 0x04:
            names.emplace_back("reserved");
            break;
        case 0x08:
            names.emplace_back("restricted admin");
            break;
        case 0x10:
            names.emplace_back("redirected authentication");
            break;
        default:
            names.push_back(hex(bit));
        }
    }
    return names;
}

} // namespace rdpmedic::rdp_negotiation
