// Test fixture: what does an RDP listener answer to a connection request?
#include "tests/standins/rdp_negotiation.hpp"

namespace rdpmedic::standin {
namespace {

constexpr std::uint32_t ssl = 1, hybrid = 2, hybrid_ex = 8;

// RDP_NEG_RSP is type 2, RDP_NEG_FAILURE type 3.
std::vector<std::uint8_t> confirm(std::uint8_t type, std::uint8_t flags, std::uint32_t value) {
    return {3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, type, flags, 8, 0, static_cast<std::uint8_t>(value), 0, 0, 0};
}

// RDP_NEG_REQ is the last 8 bytes of a request that has one; an older client sends none.
std::optional<std::uint32_t> requested_protocols(const std::vector<std::uint8_t>& request) {
    if (request.size() < 19)
        return std::nullopt;
    const std::uint8_t* req = request.data() + request.size() - 8;
    if (req[0] != 1 || req[2] != 8 || req[3] != 0)
        return std::nullopt;
    return req[4] | static_cast<std::uint32_t>(req[5]) << 8;
}

} // namespace

std::optional<std::size_t> tpkt_length(const std::vector<std::uint8_t>& data) {
    if (!data.empty() && data[0] != 3)
        return 0;
    if (data.size() < 4)
        return std::nullopt;
    std::size_t length = static_cast<std::size_t>(data[2]) << 8 | data[3];
    if (length < 11 || length > 1024)
        return 0;
    return data.size() < length ? std::nullopt : std::optional(length);
}

Answer negotiate(const std::vector<std::uint8_t>& request, const ListenerSettings& settings, bool has_certificate) {
    if (request[5] != 0xE0 || settings.security_layer > 2 || settings.user_authentication > 1)
        return {}; // an out-of-range setting agrees with no client
    std::optional<std::uint32_t> asked = requested_protocols(request);
    if (!asked)
        return {{3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0}, false};
    if (settings.security_layer == 0)
        return {*asked == 0 ? confirm(2, 0x1F, 0) : confirm(3, 0, 2), false};
    std::uint32_t nla = *asked & hybrid_ex ? hybrid_ex : *asked & hybrid;
    if (settings.user_authentication == 1 && nla == 0)
        return {confirm(3, 0, 5), false};
    std::uint32_t chosen = settings.user_authentication == 0 && (*asked & ssl) != 0 ? ssl : nla;
    if (chosen == 0)
        return {settings.security_layer == 1 ? confirm(2, 0x1F, 0) : confirm(3, 0, 1), false};
    if (!has_certificate)
        return {confirm(3, 0, 3), false};
    return {confirm(2, 0x1F, chosen), true};
}

} // namespace rdpmedic::standin
