// Test fixture: what does an RDP listener answer to a connection request?
// https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/902b090b-9cb3-4efc-92bf-ee13373371e3
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace rdpmedic::standin {

// The values of the listener, policy before local.
struct ListenerSettings {
    std::uint32_t security_layer = 2;      // 0 RDP, 1 negotiate, 2 TLS
    std::uint32_t user_authentication = 1; // 1: network level authentication is required
};

struct Answer {
    std::vector<std::uint8_t> bytes; // empty: close without a word
    bool tls = false;                // go on with TLS
};

// Length of the TPKT that starts in `data`; nothing while it is incomplete; 0 when it is no TPKT.
std::optional<std::size_t> tpkt_length(const std::vector<std::uint8_t>& data);
// `request` is one whole TPKT.
Answer negotiate(const std::vector<std::uint8_t>& request, const ListenerSettings& settings, bool has_certificate);

} // namespace rdpmedic::standin
