// What do the guides on the web say about the numbers, and are they right?
//
// The documentation is that of OnDisconnected and ExtendedDisconnectReasonCode, addresses in codes.hpp.
#include "probes/diagnosis/codes.hpp"

#include <algorithm>
#include <array>

namespace rdpmedic::diagnosis {
namespace {

constexpr std::uint32_t closed = 0x904, denied = 0x7;

constexpr std::array table{
    Claim{closed,
          {},
          "0x904 belongs to licensing",
          "0x904 is a closed socket at the client; licensing has 0x808, 0x908 and the extended codes 0x100 to 0x10B",
          Verdict::contradicted},
    Claim{closed,
          {},
          "0x904 means that the other side or the network closed the connection",
          "the socket was closed; by whom and why, the number does not say",
          Verdict::agrees},
    Claim{closed,
          {},
          "the most common reason is an expired self-signed certificate",
          "an expired certificate that reaches the client has its own code, 0x1B07. What closes the socket is a "
          "certificate that the host cannot use or replace: event 36870, 1057 or 1058",
          Verdict::unproven},
    Claim{closed,
          {},
          "0x904 without an extended code after the password was typed comes from remote-control software "
          "on the host",
          "reported by users, and nobody explains it",
          Verdict::unproven},
    Claim{closed, denied, "0x904 with 0x7 comes from a bastion or proxy before the host",
          "reported for a bastion whose TLS and CredSSP are too old for the host; then the host is well when it is "
          "asked directly",
          Verdict::unproven},
    Claim{{},
          denied,
          "0x7 is about connectivity, the firewall or a misconfigured host",
          "the host denied the connection. A host that closes the connection during TLS cannot have sent that number: "
          "then the client made it up (DERIVED)",
          Verdict::unproven},
    Claim{{},
          denied,
          "0x7 is an unstable VPN",
          "no documentation says so; 0x904 alone fits a lost connection",
          Verdict::unproven},
    Claim{{},
          denied,
          "0x7 is a session conflict",
          "a connection replaced by another has the extended code 0x5",
          Verdict::contradicted},
    Claim{{},
          denied,
          "0x7 is a limit of resources",
          "a host without memory has the extended code 0x6; what a host says whose listener is full, no documentation "
          "says",
          Verdict::unproven},
    Claim{{}, {}, "restart the service termserv", "the service is named TermService", Verdict::contradicted},
    Claim{{},
          {},
          "let mstsc.exe through the firewall of the host",
          "mstsc.exe is the client; what listens on the host is svchost.exe with TermService",
          Verdict::contradicted},
};

bool is_about(const Claim& claim, std::optional<std::uint32_t> code, std::optional<std::uint32_t> extended) {
    if (!claim.code && !claim.extended)
        return code == closed;
    return (!claim.code || claim.code == code) && (!claim.extended || claim.extended == extended);
}

} // namespace

const char* name_of(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::agrees:
        return "agrees";
    case Verdict::contradicted:
        return "contradicted";
    case Verdict::unproven:
        return "unproven";
    }
    return "unproven";
}

std::span<const Claim> claims() noexcept { return table; }

std::vector<Claim> claims_about(std::optional<std::uint32_t> code, std::optional<std::uint32_t> extended) {
    std::vector<Claim> found;
    std::copy_if(table.begin(), table.end(), std::back_inserter(found),
                 [&](const Claim& claim) { return is_about(claim, code, extended); });
    return found;
}

} // namespace rdpmedic::diagnosis
